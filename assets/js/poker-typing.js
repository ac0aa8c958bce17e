// Choosing a card by typing what stands on it. It knows no page.

/** After this long without a key, in milliseconds, what was typed is over. */
export const PAUSE = 600;

/** How signs that no keyboard has are typed. */
const SPOKEN = { '½': ['0.5', '0,5', '.5'], '∞': ['inf', 'oo'], '☕': ['c', 'coffee'] };

function names(label) {
  return [label.toLowerCase(), ...(SPOKEN[label] ?? [])];
}

export class Typing {
  constructor() {
    this.text = '';
    this.last = 0;
  }

  /**
   * Takes a key. Answers the place of the card that is meant so far, or null, and whether no other can be meant any more.
   *
   * @param {string} key one character
   * @param {string[]} labels what stands on the cards
   * @param {number} now in milliseconds
   */
  press(key, labels, now) {
    const before = now - this.last <= PAUSE ? this.text : '';
    this.last = now;
    for (const text of [before + key.toLowerCase(), key.toLowerCase()]) {
      const all = labels.map(names);
      const place = all.findIndex((own) => own.includes(text));
      const goesOn = all.some((own) => own.some((name) => name.startsWith(text) && name !== text));
      if (place < 0 && !goesOn) continue;
      this.text = text;
      return { place: place < 0 ? null : place, sure: place >= 0 && !goesOn };
    }
    this.text = '';
    return { place: null, sure: false };
  }

  clear() {
    this.text = '';
  }
}
