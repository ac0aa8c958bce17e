// The page for six digits: boxes under the one field, digits that send themselves, the wait until they are sent again, and
// sending them again without a new page.

import { content, make, readHtml, request } from './fragment.js';
import './passkey.js';

const DIGITS = 6;

/** The digits of what was typed or pasted, as many as a code has. */
export function digitsOf(text) {
  return text.replace(/\D/g, '').slice(0, DIGITS);
}

/** What the link says while digits may not be sent again yet. */
export function waiting(seconds, word = 'Send again') {
  return `${word} in ${seconds} s`;
}

/** A sentence that tells for how long one has to wait, with so many seconds left of it. */
export function counted(sentence, left) {
  if (left <= 0) return 'You can try again now.';
  const time = left < 120 ? `${left} second${left === 1 ? '' : 's'}` : `${Math.ceil(left / 60)} minutes`;
  return sentence.replace(/(?:a second|\d+ (?:seconds|minutes))(?= and try again)/, time === '1 second' ? 'a second' : time);
}

function wireBoxes(form) {
  const place = form.querySelector('.code-boxes');
  const field = place.querySelector('input');
  const boxes = Array.from({ length: DIGITS }, () => make('i', { 'aria-hidden': 'true' }));
  place.append(...boxes);
  place.classList.add('painted');
  // What is pasted may hold spaces; the field itself takes any length, and keeps six digits.
  field.removeAttribute('maxlength');
  let sent = false;
  const paint = () => {
    const digits = digitsOf(field.value);
    // Fewer are a slip of the hand: the browser says so, and nothing is sent.
    field.setCustomValidity(digits.length === DIGITS ? '' : 'Type all six digits.');
    if (field.value !== digits) field.value = digits;
    boxes.forEach((box, at) => {
      box.textContent = digits[at] ?? '';
      box.classList.toggle('here', at === Math.min(digits.length, DIGITS - 1));
    });
    return digits.length === DIGITS;
  };
  field.addEventListener('input', () => {
    if (paint() && !sent) {
      sent = true;
      form.requestSubmit();
    }
  });
  // The place for the next digit is always the end.
  field.addEventListener('focus', () => field.setSelectionRange(field.value.length, field.value.length));
  addEventListener('pageshow', () => {
    sent = false;
  });
  paint();
  field.focus();
}

function wireAgain(form) {
  const button = form.querySelector('button');
  const note = form.querySelector('span');
  const ends = Date.now() + Number(form.dataset.again) * 1000;
  const tick = () => {
    if (!form.isConnected) return;
    const left = Math.ceil((ends - Date.now()) / 1000);
    button.hidden = left > 0;
    note.hidden = left <= 0;
    note.textContent = left > 0 ? waiting(left, form.dataset.word) : '';
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    swap(form.action, { method: 'POST', body: new URLSearchParams() });
  });
}

/** An address without what became of the request before: that is said once. */
function clean(href) {
  const url = new URL(href, location.href);
  url.searchParams.delete('was');
  url.searchParams.delete('wait');
  return url;
}

function wireWait(line) {
  const ends = Date.now() + Number(line.dataset.wait) * 1000;
  const tick = () => {
    if (!line.isConnected) return;
    const left = Math.ceil((ends - Date.now()) / 1000);
    line.textContent = counted(line.textContent, left);
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}

/** Puts what the server answers in the place of this page; where that does not work, the browser goes there itself. */
async function swap(url, options = {}) {
  const main = document.getElementById('main');
  main.setAttribute('aria-busy', 'true');
  try {
    const response = await request(url, options);
    const parsed = await readHtml(response);
    if (!parsed.querySelector('main .card')) throw new Error('not a page of these');
    document.title = parsed.title;
    main.replaceChildren(...content(parsed));
    history.replaceState(history.state, '', clean(response.url.endsWith('/again') ? location.href : response.url));
    wire();
    if (!main.querySelector('[data-code]')) main.querySelector('input:not([type="hidden"])')?.focus();
  } catch {
    location.assign(options.method ? location.href : url);
  } finally {
    main.removeAttribute('aria-busy');
  }
}

function wire() {
  for (const form of document.querySelectorAll('form[data-code]')) wireBoxes(form);
  for (const form of document.querySelectorAll('form[data-again]')) wireAgain(form);
  for (const line of document.querySelectorAll('p[data-wait]')) wireWait(line);
  for (const link of document.querySelectorAll('a[data-swap]')) {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      swap(link.href);
    });
  }
}

if (globalThis.document) {
  wire();
  if (new URL(location.href).searchParams.has('was')) history.replaceState(history.state, '', clean(location.href));
}
