// Room for cards that grow, until the server has laid everything out anew: what they would cover gives way at once.

const GAP = 32; // px between cards below each other, as the server's layout has it

/**
 * How far down cards have to go, by their ids.
 * @param grown the cards that have grown: boxes (id, x, y, width, height) with the height that each had before, `was`.
 * @param cards the boxes of all cards. Those that lie over each other already were put there, and stay.
 */
export function givingWay(grown, cards) {
  const found = new Map(), top = (card) => found.get(card.id) ?? card.y;
  const todo = [...grown];
  while (todo.length) {
    const above = todo.shift(), bottom = top(above) + above.height, before = above.y + (above.was ?? above.height);
    for (const card of cards) {
      const beside = card.x >= above.x + above.width || card.x + card.width <= above.x;
      if (beside || card.y < before || top(card) >= bottom || card.id === above.id) continue;
      found.set(card.id, bottom + GAP);
      todo.push(card);
    }
  }
  return found;
}
