// Hours that are left while somebody is assigned: the words are the server's, the figures follow what is typed.

import { readHtml, request } from './fragment.js';
import { formatHours, parseHours } from './grid/model.js';

/** What a week holds with what is typed on top; nothing where that cannot be read. */
function weekOf(box) {
  const read = parseHours(box.querySelector('input:not([type="hidden"])').value);
  const booked = Number(box.dataset.booked);
  const capacity = Number(box.dataset.capacity);
  return { typed: read.error ? 0 : read.minutes, error: read.error, booked, capacity };
}

function tell(box) {
  const { typed, error, booked, capacity } = weekOf(box);
  const left = box.querySelector('[data-left]');
  if (!left) return;
  const over = booked + typed - capacity;
  left.textContent = error ?? (over > 0 ? `${formatHours(over)} h over` : `${formatHours(-over)} h left`);
  left.classList.toggle('over', Boolean(error) || over > 0);
}

function sum(form) {
  let typed = 0;
  let left = 0;
  let more = 0;
  for (const box of form.querySelectorAll('[data-booked]')) {
    const week = weekOf(box);
    typed += week.typed;
    left += Math.max(0, week.capacity - week.booked - week.typed);
    more += Math.max(0, week.booked + week.typed - week.capacity) - Math.max(0, week.booked - week.capacity);
  }
  form.querySelector('[data-sum]').textContent = `${formatHours(typed)} h`;
  form.querySelector('[data-sum-left]').textContent = `${formatHours(left)} h left`;
  const over = form.querySelector('[data-sum-over]');
  over.hidden = more === 0;
  over.querySelector('b').textContent = `${formatHours(more)} h`;
}

/** Shows what somebody has free as soon as they are chosen in a form. */
async function showFree(select) {
  const place = select.form.querySelector('[data-free]');
  if (!select.value) return place.replaceChildren();
  const asked = select.value;
  try {
    const response = await request(`/finder/free?person=${encodeURIComponent(asked)}`, { fragment: 'free' });
    if (!response.ok || response.redirected) return place.replaceChildren();
    const parsed = await readHtml(response);
    // Somebody else may have been chosen meanwhile.
    if (select.value === asked) place.replaceChildren(...[...parsed.body.childNodes].map((node) => document.adoptNode(node)));
  } catch {
    place.replaceChildren();
  }
}

/** Wires forms with `data-remaining` and choices of a person beside a `data-free`, wherever they will appear. */
export function wireRemaining() {
  document.addEventListener('input', (event) => {
    const box = event.target.closest?.('[data-remaining] [data-booked]');
    if (!box) return;
    tell(box);
    sum(box.closest('form'));
  });
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (event.target.name === 'person' && form?.querySelector('[data-free]')) showFree(event.target);
  });
}
