// The room on the page: asks the server what it may see, shows it in place, and sends what is done in it.

import { told } from './dialog.js';
import { readHtml, request } from './fragment.js';
import { setClock } from './poker-clock.js';
import { nameSound, ring } from './poker-sound.js';
import { morph } from './refresh.js';
import { toast } from './toast.js';

const AGAIN = 2000;
/** So many ask at once; a larger room spreads them by this much for each, in milliseconds. */
const AT_ONCE = 30;
/** Who listens hears where the vote has got to, and not each vote on the way. */
const SAY_AFTER = 500;
const UNREACHABLE = 'The server cannot be reached. Nothing was sent.';
const WENT_ON = 'The room went on meanwhile.';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class RoomPage {
  constructor(root) {
    this.root = root;
    this.running = false;
    this.again = false;
    /** The card that was chosen and is not acknowledged yet, and the round it is for. */
    this.pending = null;
    this.sending = false;
    this.saying = 0;
    this.showing = Promise.resolve();
    this.heard = root.dataset.summary;
  }

  get seq() {
    return Number(this.root.dataset.seq);
  }

  get deck() {
    return this.root.querySelector('#deck');
  }

  /** Brings the page up to date; whoever asks while it is being done gets one more turn. */
  async refresh() {
    this.again = true;
    if (this.running) return;
    this.running = true;
    while (this.again) {
      this.again = false;
      const seats = this.root.querySelectorAll('.seat').length;
      if (seats > AT_ONCE) await wait(Math.random() * seats * 2);
      if (await this.#ask()) continue;
      this.again = true;
      await wait(AGAIN);
    }
    this.running = false;
  }

  async #ask() {
    try {
      const response = await request(location.pathname, { fragment: 'room' });
      // Who is not in the room any more is told so by the page itself.
      if ([401, 403, 404].includes(response.status)) location.reload();
      else if (response.ok) await this.show(await readHtml(response));
      return response.ok || response.status < 500;
    } catch {
      return false;
    }
  }

  /** Shows what the server has drawn, after what came before it. */
  show(parsed) {
    this.showing = this.showing.catch(() => {}).then(() => this.#show(parsed));
    return this.showing;
  }

  /** Shows what the server has drawn, unless something newer stands there already. */
  async #show(parsed) {
    const next = parsed.getElementById('poker');
    if (!next) return location.reload();
    if (Number(next.dataset.seq) < this.seq) return;
    const was = this.root.dataset.revealed;
    const held = this.root.contains(document.activeElement);
    for (const name of this.root.getAttributeNames()) if (!next.hasAttribute(name)) this.root.removeAttribute(name);
    for (const { name, value } of next.attributes) this.root.setAttribute(name, value);
    await morph(this.root, next);
    this.#paint();
    setClock();
    nameSound();
    this.wireKeysButton();
    if (held && document.activeElement === document.body) this.#findFocus();
    const revealed = this.root.dataset.revealed;
    if (revealed && revealed !== was) ring();
    this.#say();
  }

  /** A button that went away takes the keyboard with it: what comes next has it. */
  #findFocus() {
    const next = ['#accept', '#next', '#again', '#reveal:enabled', '#deck [aria-pressed="true"]:enabled', '#deck button:enabled'];
    for (const selector of next) {
      const element = this.root.querySelector(selector);
      if (element) return element.focus({ preventScroll: true });
    }
  }

  #say() {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      const summary = this.root.dataset.summary;
      if (summary === this.heard) return;
      this.heard = summary;
      document.getElementById('said').textContent = summary;
    }, SAY_AFTER);
  }

  wireKeysButton() {
    const button = this.root.querySelector('[data-keys]');
    if (button) button.hidden = false;
  }

  /** Raises the card that was chosen, before the server has answered. */
  #paint() {
    const deck = this.deck;
    if (!deck || this.pending?.round !== deck.dataset.round) return;
    for (const button of deck.querySelectorAll('[data-card]')) {
      button.setAttribute('aria-pressed', String(button.dataset.card === this.pending.card));
    }
  }

  /** Chooses a card, or takes it back where it is the one that is chosen. */
  choose(button) {
    const deck = button.form;
    const isTaken = button.getAttribute('aria-pressed') === 'true' && 'open' in deck.dataset;
    this.pending = { round: deck.dataset.round, action: deck.action, card: isTaken ? '' : button.dataset.card };
    this.#paint();
    this.#sendChoice();
  }

  async #sendChoice() {
    if (this.sending) return;
    this.sending = true;
    let sent = null;
    while (this.pending && this.pending !== sent) {
      sent = this.pending;
      const body = new URLSearchParams({ roundId: sent.round, card: sent.card });
      const refused = await this.#post(sent.action, body, () => this.pending !== sent);
      if (this.pending === sent) this.pending = null;
      if (!refused) continue;
      toast(refused);
      // What was refused is put back as the server has it.
      this.refresh();
    }
    this.sending = false;
  }

  /** Sends and shows what comes back; answers why it was refused, or nothing. */
  async #post(action, body, isStale = () => false) {
    try {
      const response = await request(action, { method: 'POST', fragment: 'room', body });
      if (response.redirected && new URL(response.url).pathname !== location.pathname) location.assign(response.url);
      else if (response.ok && isHtml(response)) {
        const parsed = await readHtml(response);
        if (!isStale()) await this.show(parsed);
      } else if (!response.ok) return isHtml(response) ? await told(response) : response.status === 409 ? WENT_ON : await this.#reason(response);
      return null;
    } catch {
      return UNREACHABLE;
    }
  }

  async #reason(response) {
    const answer = await response.json().catch(() => null);
    return answer?.detail ?? `The server answered ${response.status}.`;
  }

  /** Sends a form of the room without leaving the page. */
  async send(form, submitter) {
    if ('busy' in form.dataset) return;
    form.dataset.busy = '';
    const refused = await this.#post(submitter?.getAttribute('formaction') ?? form.action, new URLSearchParams(new FormData(form, submitter)));
    delete form.dataset.busy;
    const menu = form.closest('details.menu[open]');
    if (refused) {
      toast(refused);
      this.refresh();
    } else if (menu) {
      form.reset();
      menu.open = false;
    }
  }
}

function isHtml(response) {
  return (response.headers.get('Content-Type') ?? '').includes('html');
}
