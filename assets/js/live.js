// Tells the page that something has changed on the server, and who else looks at it. What changed the page asks for itself.

import { make, request } from './fragment.js';
import { showCompany } from './here.js';
import { Line } from './line.js';
import { signedOutToast } from './toast.js';

/** A browser has few connections per server: a tab that nobody looks at gives its own back. */
const HIDDEN_FOR = 10_000;
const BACK_FOR = 2500;
let banner = null;

function changed(detail) {
  document.dispatchEvent(new CustomEvent('ballast:changed', { cancelable: true, detail }));
}

/** Shows on the page whether its line stands. */
export function state(name) {
  const on = name === 'on' || name === 'back';
  document.documentElement.dataset.live = on ? 'on' : 'off';
  for (const element of document.querySelectorAll('[data-live]')) element.dataset.live = on ? 'on' : 'off';
  if (name === 'lost') return say('Reconnecting…');
  if (name !== 'back') return name === 'on' && say('');
  say('Back again');
  setTimeout(() => banner?.textContent === 'Back again' && say(''), BACK_FOR);
}

/** One quiet line at the head of the page; it covers nothing that can be pressed and takes no focus. */
function say(text) {
  if (!text && !banner) return;
  if (!banner) {
    banner = make('p', { class: 'line-state', role: 'status', hidden: true });
    document.body.append(banner);
  }
  banner.textContent = text;
  banner.hidden = !text;
}

/** The server has refused the line: who is signed out is told so, anything else is tried again. */
async function refused() {
  try {
    const { status } = await request('/api/v1/me', { headers: { Accept: 'application/json' } });
    if (status === 401) signedOutToast();
    return status !== 401;
  } catch {
    return true;
  }
}

function open(after) {
  const address = new URLSearchParams({ at: location.pathname });
  if (after !== null) address.set('after', after);
  return new EventSource(`/events?${address}`);
}

/** Listens while the page is looked at. */
export function listen() {
  const shown = Number.parseInt(document.getElementById('main')?.dataset.revision, 10);
  const line = new Line({
    open, changed, state, refused, here: showCompany, random: Math.random,
    hello: () => document.dispatchEvent(new CustomEvent('ballast:listening')),
    later: (call, ms) => setTimeout(call, ms), cancel: (timer) => clearTimeout(timer),
  });
  let tabs = null;
  const stop = () => {
    line.stop();
    tabs?.close();
    tabs = null;
  };
  const start = () => {
    // Whoever turns from tab to tab needs one line, not one for each: the tab that is looked at asks the hidden ones for theirs.
    tabs ??= new BroadcastChannel('ballast-line');
    tabs.onmessage = () => document.hidden && stop();
    tabs.postMessage('mine');
    line.start(Number.isSafeInteger(shown) ? shown : null);
  };
  let timer = 0;
  if (!document.hidden) start();
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(stop, HIDDEN_FOR);
    else start();
  });
  addEventListener('online', () => line.hurry());
  addEventListener('pagehide', stop);
  addEventListener('pageshow', (event) => event.persisted && start());
}
