// Who else looks at this page: faces beside its title, names on a press or under the mouse.

import { make } from './fragment.js';

const FACES = 3;
let last = { count: 0, names: [] };

/** `AO` of “Ada Osei”. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join('');
}

/** “3 others here”, or nothing where nobody is. */
export function sentence(count) {
  if (count === 0) return '';
  return count === 1 ? '1 other here' : `${count} others here`;
}

function fill(element, { count, names }) {
  const faces = names.slice(0, FACES).map((name) => make('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(name)));
  const people = names.map((name) => make('li', {}, name));
  if (count > names.length) people.push(make('li', { class: 'faint' }, `and ${count - names.length} more`));
  element.replaceChildren(
    make('summary', { title: names.join(', ') }, make('span', { class: 'faces' }, ...faces), make('span', { class: 'words' }, sentence(count))),
    make('ul', {}, ...people),
  );
}

/** Shows the others; a bar that was drawn anew gets them again. */
export function showCompany(company = last) {
  last = company;
  const title = document.querySelector('main .topbar h1');
  let element = document.querySelector('details.here');
  if (!title || company.count === 0) return element?.remove();
  if (!element) {
    element = make('details', { class: 'menu here', 'data-keep': true });
    title.after(element);
  } else if (element.previousElementSibling !== title) {
    title.after(element);
  }
  const text = JSON.stringify(company);
  if (element.dataset.company === text) return;
  element.dataset.company = text;
  fill(element, company);
}
