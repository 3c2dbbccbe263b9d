// Room for cards that grow, until the server has laid everything out anew: what they would cover gives way at once.

const GAP = 32; // px between cards below each other, as the server's layout has it

/**
 * How far down cards have to go, by their ids.
 * @param cards the boxes of all cards: id, x, y, width, height, and whether it `stays`. Those that lie over each other
 *   already stay so.
 * @param was the heights that cards had before they grew, by their ids.
 */
export function givingWay(cards, was) {
  const found = new Map(), top = (card) => found.get(card.id) ?? card.y;
  const todo = cards.filter((card) => was.has(card.id));
  while (todo.length) {
    const above = todo.shift(), bottom = top(above) + above.height, before = above.y + (was.get(above.id) ?? above.height);
    for (const card of cards) {
      const beside = card.x >= above.x + above.width || card.x + card.width <= above.x;
      if (beside || card.stays || card.y < before || top(card) >= bottom) continue;
      found.set(card.id, bottom + GAP);
      todo.push(card);
    }
  }
  return found;
}
