#!/bin/sh
# Makes .venv (once) and installs daggr_fn into it, editable, with Gradio and the dependency groups that are named.
#   sh scripts/setup.sh [group ...]      PYTHON=python3.12 chooses the interpreter
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
can_make_venv() { "$python" -c 'import venv, ensurepip' 2>/dev/null; }
has_uv() { command -v uv >/dev/null 2>&1; }

check_python() {
    command -v "$python" >/dev/null 2>&1 || die \
        "There is no '$python' here. daggr_fn needs Python 3.10 or newer:" \
        "install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3.12 ..."
    is_new_enough "$python" || die \
        "'$python' is $("$python" --version 2>&1), and daggr_fn needs Python 3.10 or newer." \
        "Name another one: make PYTHON=/path/to/python3.12 ..."
}

# Debian and Ubuntu split `venv` off from python3. Root may install it; for anybody else it is one command away.
install_venv_package() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "This Python can't make virtual environments: installing Debian's python3-venv."
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv >&2
    fi
    can_make_venv || die \
        "'$python' can't make virtual environments (its modules venv and ensurepip are missing)." \
        "Debian, Ubuntu:  sudo apt-get install python3-venv" \
        "anywhere:        install uv, or name a whole Python: make PYTHON=/path/to/python3.12 ..."
}

make_venv() {
    if has_uv; then
        if [ -n "${PYTHON:-}" ] || is_new_enough "$python"; then
            uv venv --quiet --clear --python "$python" .venv
        else
            uv venv --quiet --clear --python '>=3.10' .venv # uv finds one, or brings one
        fi
        return
    fi
    check_python
    can_make_venv || install_venv_package
    "$python" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --upgrade 'pip>=25.1' # the first that knows dependency groups
}

install() {
    groups=
    for group in "$@"; do groups="$groups --group $group"; done
    say "Installing daggr_fn into .venv${1:+ with what '$*' needs} (a minute or two the first time)."
    # shellcheck disable=SC2086  # $groups is a list of words
    if has_uv; then
        uv pip install --quiet --python .venv/bin/python --editable '.[gradio,canvas]' $groups
    else
        .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv # made by uv, which is gone
        .venv/bin/python -m pip install --quiet --editable '.[gradio,canvas]' $groups
    fi
}

# The tests look at pages in a real browser: the machine's Chromium, else one that is installed here.
has_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    [ -n "${DAGGR_FN_CHROMIUM:-}" ]
}

install_chromium() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing Debian's Chromium for the tests of the page."
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-liberation >&2 && return
    fi
    say "Installing Playwright's Chromium for the tests of the page."
    .venv/bin/python -m playwright install chromium >&2
}

.venv/bin/python -c '' 2>/dev/null || make_venv
install "$@"
case " $* " in
    *" test "* | *" bench "*) has_chromium || install_chromium ;;
esac
