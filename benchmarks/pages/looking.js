// Runs in the page before anything else: notes when the page can be used, and helps to time what is on the screen.
(() => {
  const bench = (globalThis.bench = { marks: {}, gaps: [] });
  const now = () => performance.now();
  const inView = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  };
  bench.drawn = (selector) => [...document.querySelectorAll(selector)].filter(inView).length;

  // Interactive: the cards in view have their ports, a widget that can be typed into is there, a run can be started,
  // and the socket is up, over which both would be told.
  bench.usable = () =>
    globalThis.did_handshake === true &&
    bench.drawn("article.card .card-head") > 1 &&
    document.querySelector("article.card .slot :is(input, textarea):not([disabled])") !== null &&
    [...document.querySelectorAll(".bar button")].some((one) => one.textContent.trim() === "Run all" && !one.disabled);

  const note = (name, test) => {
    const look = () => (test() ? (bench.marks[name] = now()) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  };
  note("cards", () => bench.drawn("article.card .card-head") > 1);
  note("usable", bench.usable);

  // When something is so on the screen, as the clock of the machine: seen by the frame after.
  bench.when = (test, seconds = 60) =>
    new Promise((resolve, reject) => {
      const end = now() + seconds * 1000;
      const look = () => {
        if (test()) return requestAnimationFrame(() => resolve((performance.timeOrigin + now()) / 1000));
        return now() > end ? reject(new Error(`not within ${seconds} s`)) : requestAnimationFrame(look);
      };
      look();
    });

  // The gaps between frames while a pointer moves by so much with every frame.
  bench.pull = async (selector, frames, [dx, dy]) => {
    const target = selector ? document.querySelector(selector) : document.querySelector(".vue-flow__pane");
    const box = target.getBoundingClientRect();
    let [x, y] = [box.left + (selector ? 40 : box.width / 2), box.top + (selector ? 12 : 8)];
    const tell = (type, at, buttons) => at.dispatchEvent(new MouseEvent(type, { clientX: x, clientY: y, screenX: x, screenY: y, button: 0, buttons, bubbles: true, cancelable: true, view: window }));
    const frame = () => new Promise(requestAnimationFrame);
    const seen = () => JSON.stringify((selector ? target : document.querySelector(".vue-flow__transformationpane")).getBoundingClientRect());
    const still = seen();
    tell("mousedown", target, 1);
    await frame();
    const gaps = [];
    let before = await frame();
    for (let i = 0; i < frames; i += 1) {
      const way = Math.floor(i / 20) % 2 ? -1 : 1;
      [x, y] = [x + way * dx, y + way * dy];
      tell("mousemove", window, 1);
      const after = await frame();
      gaps.push(after - before);
      before = after;
      if (i === 9 && seen() === still) throw new Error("nothing moves");
    }
    tell("mouseup", window, 0);
    await frame();
    return gaps;
  };
})();
