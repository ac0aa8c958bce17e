// Tells the page that something has changed on the server. What changed the page asks for itself.

const HIDDEN_FOR = 60_000;
let source = null;
let timer = 0;
let opened = false;

function say(detail) {
  document.dispatchEvent(new CustomEvent('ballast:changed', { cancelable: true, detail }));
}

function mark(on) {
  for (const element of document.querySelectorAll('[data-live]')) element.dataset.live = on ? 'on' : 'off';
}

function connect() {
  if (source) return;
  source = new EventSource('/events');
  source.addEventListener('open', () => {
    mark(true);
    // Whatever happened while nobody listened is unknown: a page asks once for everything.
    if (opened) say({ revision: null, topic: 'all' });
    opened = true;
  });
  source.addEventListener('error', () => mark(false));
  source.addEventListener('changed', (event) => {
    try {
      say(JSON.parse(event.data));
    } catch {
      say({ revision: null, topic: 'all' });
    }
  });
}

function disconnect() {
  source?.close();
  source = null;
  mark(false);
}

/** Listens while the page is looked at. A browser has few connections per server; hidden tabs give theirs back. */
export function listen() {
  connect();
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(disconnect, HIDDEN_FOR);
    else connect();
  });
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', (event) => {
    if (event.persisted) connect();
  });
}
