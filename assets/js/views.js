// The menus of saved views: filled when they are opened.

import { make, request } from './fragment.js';

async function fill(menu) {
  const list = menu.querySelector('ul');
  try {
    const response = await request(`/api/v1/views?${new URLSearchParams({ page: menu.dataset.views })}`, { headers: { Accept: 'application/json' } });
    if (!response.ok) return;
    const views = await response.json();
    for (const old of list.querySelectorAll('.saved')) old.remove();
    list.prepend(...views.map((view) => {
      const owner = view.own ? '' : view.owner;
      return make('li', { class: 'saved' }, make('a', { href: view.href }, make('span', { class: 'title' }, view.name), owner ? make('span', { class: 'detail' }, owner) : ''));
    }));
  } catch {
    // The links that stand there already lead to the same.
  }
}

/** Wires the menus, wherever they will appear. */
export function wireViews() {
  document.addEventListener('toggle', (event) => {
    const menu = event.target;
    if (menu.matches?.('details[data-views]') && menu.open) fill(menu);
  }, true);
  // What is saved is the address as it is now: opening a row changes it without a new page.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('details[data-views] a[href^="/views/new"]');
    if (!link) return;
    link.href = `/views/new?${new URLSearchParams({ address: location.pathname + location.search })}`;
    link.closest('details').open = false;
  }, true);
}
