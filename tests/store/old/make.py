"""Writes the file of today's form: `python tests/store/old/make.py` (once for each new revision)."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from daggr_fn.store import Store
from daggr_fn.store.schema import CURRENT

if __name__ == "__main__":
    root = Path(tempfile.mkdtemp())
    store = Store(root=root)
    sheet = store.make_sheet("ada", "podcast", "Old sheet").id
    store.set_setting(sheet, "positions", {"write": [10, 20]})
    store.set_input(sheet, "topic", "AI")
    store.begin_run(sheet, "one", ["write", "speak"])
    store.add_result(sheet, "one", "write", key="key one", digest="d", value={"text": "on AI"}, seconds=1.5)
    store.add_result(sheet, "one", "speak", index=(0,), key="item", digest="d", value="a")
    store.end_run(sheet, "one", "done", 2.0)
    store.set_input(sheet, "topic", "Bees")
    store.set_input(sheet, "length", 3)
    store.begin_run(sheet, "two", ["write", "speak", "join"])
    store.add_result(sheet, "two", "write", key="key two", digest="d", value={"text": "on bees"})
    store.add_reuse(sheet, "two", [("speak", (0,), store.look(sheet, "item"))])
    store.add_result(sheet, "two", "speak", index=(1,), key="item two", digest="d", value="b")
    store.add_result(sheet, "two", "join", status="failed", error={"message": "no voice"})
    store.end_run(sheet, "two", "failed", 2.0)
    store.select(sheet, "write", 1, restore_inputs=False)
    store.close()
    dump = "\n".join(sqlite3.connect(root / "sheets.db").iterdump())
    Path(__file__).with_name(f"{CURRENT}.sql").write_text(dump + "\n")
