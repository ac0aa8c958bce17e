// Comfort for imports: files can be dropped, and whoever waits sees how far the work has come.

import { wireDrop } from './drop.js';
import { request } from './fragment.js';

const ASK_AGAIN = 400;

function wireFile(place) {
  const input = wireDrop(place, (field) => field.dispatchEvent(new Event('change', { bubbles: true })));
  input.form.addEventListener('submit', () => {
    const button = input.form.querySelector('button[type="submit"]');
    button.setAttribute('aria-busy', 'true');
    button.textContent = 'Sending the file …';
  });
}

/** Asks how far the work is until it is done, then shows what came of it. */
async function watch(card) {
  const bar = card.querySelector('progress');
  const rows = card.querySelector('[data-rows]');
  const response = await request(card.dataset.progress, { headers: { Accept: 'application/json' } }).catch(() => null);
  const answer = response?.ok ? await response.json().catch(() => null) : null;
  // Without an answer the page's own reload goes on asking.
  if (!answer || answer.state === 'ready') return location.reload();
  rows.textContent = answer.rows.toLocaleString('en').replaceAll(',', '\u202f');
  if (answer.of) {
    bar.max = answer.of;
    bar.value = answer.rows;
  }
  setTimeout(() => watch(card), ASK_AGAIN);
}

const drop = document.querySelector('[data-drop]');
if (drop) wireFile(drop);
const waiting = document.querySelector('[data-progress]');
if (waiting) watch(waiting);
