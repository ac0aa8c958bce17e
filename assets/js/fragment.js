// The one door to the server's HTML and JSON. HTML becomes nodes only here, and only when it came from our own origin.

const policy = globalThis.trustedTypes
  ? globalThis.trustedTypes.createPolicy('ballast', { createHTML: (html) => html })
  : { createHTML: (html) => html };

/** The token that proves to the server that a request was made by its own page. */
export function csrf() {
  return document.querySelector('meta[name="csrf"]')?.content ?? '';
}

/**
 * Asks our own server; anything but a read carries the token.
 *
 * @param {string} url within this origin, else it throws
 * @param {RequestInit & {fragment?: string}} options `fragment` says what kind of piece is wanted instead of a page
 */
export async function request(url, { fragment, headers = {}, ...options } = {}) {
  const target = new URL(url, location.href);
  if (target.origin !== location.origin) throw new TypeError('only this server is asked');
  const sent = new Headers(headers);
  if (fragment) sent.set('X-Fragment', fragment);
  if (options.method && !['GET', 'HEAD'].includes(options.method.toUpperCase())) sent.set('X-CSRF-Token', csrf());
  return fetch(target, { ...options, headers: sent, credentials: 'same-origin' });
}

/** Sends JSON and reads the answer; a body that is not JSON counts as none. */
export async function postJson(url, body, options = {}) {
  const response = await request(url, {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const type = response.headers.get('Content-Type') ?? '';
  const answer = /\bjson\b/.test(type) ? await response.json().catch(() => null) : null;
  return { response, answer };
}

/** Reads an answer of our own server as a document that is not attached to the page and runs nothing. */
export async function readHtml(response) {
  if (new URL(response.url, location.href).origin !== location.origin) throw new TypeError('only this server is read');
  return parse(await response.text());
}

/** The same of what a line to our own server has said. */
export function toldHtml(event) {
  if (event.origin !== location.origin) throw new TypeError('only this server is read');
  return parse(event.data);
}

function parse(html) {
  return new DOMParser().parseFromString(policy.createHTML(html), 'text/html');
}

/** What a page or a piece of one wants to show: the inside of its `main`, or all of it. */
export function content(parsed) {
  const main = parsed.querySelector('main');
  return [...(main ?? parsed.body).childNodes].map((node) => document.adoptNode(node));
}

/** Builds an element: `make('button', { class: 'btn', type: 'button' }, 'Undo')`. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** A sentence for an answer that was not what we hoped for. */
export function reason(response, answer) {
  if (answer?.detail) return answer.detail;
  if (answer?.title) return answer.title;
  if (response.status === 401) return 'You are signed out.';
  if (response.status === 403) return 'Your access level does not allow this.';
  if (response.status === 404) return 'It is no longer there.';
  if (response.status === 503 || response.status === 507) return 'The server cannot save just now.';
  return `The server answered ${response.status}.`;
}
