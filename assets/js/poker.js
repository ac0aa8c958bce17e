// A room of planning poker: cards by press and by key, the line to the server, and everything in place.

import { show } from './dialog.js';
import { make, request, toldHtml } from './fragment.js';
import { typing } from './keys.js';
import { Line } from './line.js';
import { state } from './live.js';
import { wireClock } from './poker-clock.js';
import { RoomPage } from './poker-room.js';
import { wireSound } from './poker-sound.js';
import './poker-stories.js';
import { PAUSE, Typing } from './poker-typing.js';

/** How often a page without a line looks whether anything has changed, in milliseconds. */
const ASK_WITHOUT_LINE = 5000;

const HELP = [
  ['1 3', 'The card 13: type what stands on a card'],
  ['?', 'I do not know; C for a break, INF for ∞, .5 for ½'],
  ['Enter', 'Open the cards, if you run the room'],
  ['Esc', 'Take your card back'],
];

function wireForms(room) {
  // Before what all pages do with forms, which is to leave the page.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!room.root.contains(form) || event.defaultPrevented || form.method !== 'post') return;
    if (form === room.deck) {
      event.preventDefault();
      if (event.submitter) room.choose(event.submitter);
    } else if ('act' in form.dataset) {
      event.preventDefault();
      room.send(form, event.submitter);
    }
  }, true);
  document.addEventListener('ballast:done', (event) => {
    event.preventDefault();
    room.refresh();
  });
}

/** Types a card, opens the cards, takes one's card back. */
function wireKeys(room) {
  const typed = new Typing();
  let timer = 0;
  const cards = () => [...(room.deck?.querySelectorAll('[data-card]:enabled') ?? [])];
  const aim = (wanted) => cards().forEach((card) => card.toggleAttribute('data-aim', card === wanted));
  const clear = () => {
    clearTimeout(timer);
    typed.clear();
    aim(null);
  };
  const choose = (card) => {
    clear();
    // Typing the card that is chosen already leaves it chosen.
    if (card?.getAttribute('aria-pressed') === 'false') room.choose(card);
  };
  const letter = (event) => {
    const all = cards();
    if (!all.length || event.key.length !== 1 || event.key === ' ') return;
    const { place, sure } = typed.press(event.key, all.map((card) => card.dataset.label), event.timeStamp);
    clearTimeout(timer);
    const meant = place === null ? null : all[place];
    aim(meant);
    if (sure) choose(meant);
    else timer = setTimeout(() => choose(meant), PAUSE);
    if (typed.text) event.preventDefault();
  };
  const enter = (event) => {
    const target = event.target.closest('button, a, summary');
    const onOwn = target?.form === room.deck && target.getAttribute('aria-pressed') === 'true';
    const reveal = room.root.querySelector('#reveal:enabled');
    if (!reveal || (target && !onOwn)) return;
    event.preventDefault();
    reveal.click();
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector('dialog[open], details.menu[open]')) return;
    if (event.key === 'Enter') enter(event);
    else if (event.key !== 'Escape') letter(event);
    else if (typed.text) clear();
    else {
      const own = room.deck?.querySelector('[aria-pressed="true"]:enabled');
      if (own && 'open' in room.deck.dataset) room.choose(own);
    }
  });
  room.wireKeysButton();
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-keys]')) return;
    event.target.closest('details.menu').open = false;
    show(
      make('h2', {}, 'Keys'),
      make('dl', { class: 'keys' }, ...HELP.flatMap(([keys, meaning]) => [
        make('dt', {}, ...keys.split(' ').flatMap((key) => [make('kbd', {}, key), ' '])), make('dd', {}, meaning),
      ])),
    );
  });
}

function wireLine(room) {
  /** Whether to go on after the server has refused the line: who is out of the room sees that by loading the page. */
  const refused = async () => {
    try {
      const { status } = await request(location.pathname, { fragment: 'room' });
      if (![401, 403, 404].includes(status)) return true;
      location.reload();
      return false;
    } catch {
      return true;
    }
  };
  let shown = `&after=${room.seq}`;
  const line = new Line({
    open: () => {
      const source = new EventSource(`${room.root.dataset.events}?with=page${shown}`);
      // Who was away has missed who came and went, which changes no number.
      shown = '';
      return source;
    },
    changed: () => room.refresh(),
    told: (event) => room.show(toldHtml(event)),
    here: () => {},
    // The server cannot tell by itself that a line is dead which a proxy keeps open. A hidden page answers too: timers sleep
    // there, words of the line do not.
    beat: () => request(`${location.pathname}/here`, { method: 'POST', body: new URLSearchParams() }).catch(() => {}),
    bye: () => location.reload(),
    state,
    refused,
    random: Math.random,
    later: (call, ms) => setTimeout(call, ms),
    cancel: (timer) => clearTimeout(timer),
  });
  // Where something between us keeps the line back, the page asks by itself.
  setInterval(() => document.documentElement.dataset.live !== 'on' && room.refresh(), ASK_WITHOUT_LINE);
  // Whoever looks at another window during a call is still in the room, so a hidden page keeps its line.
  line.start();
  addEventListener('online', () => line.hurry());
  addEventListener('pagehide', () => line.stop());
  addEventListener('pageshow', (event) => event.persisted && line.start());
}

const root = document.getElementById('poker');
if (root) {
  const room = new RoomPage(root);
  wireForms(room);
  wireKeys(room);
  wireSound();
  wireClock();
  if (!root.classList.contains('ended')) wireLine(room);
}
