// What every page shares: dialogs, toasts, menus, theme, filters that send themselves, keys, live changes.

import { wireCopies } from './copy.js';
import { wireDialogs } from './dialog.js';
import { wireDraft } from './draft.js';
import { listen } from './live.js';
import { wireMoves } from './moves.js';
import { wireRemaining } from './remaining.js';
import { wirePalette } from './palette.js';
import { wireRefresh } from './refresh.js';
import { adoptToast } from './toast.js';
import { wireViews } from './views.js';

const THEMES = ['auto', 'light', 'dark'];

function nameTheme(button) {
  const theme = document.documentElement.dataset.theme ?? 'auto';
  button.title = `Theme: ${theme === 'auto' ? 'as the device' : theme}`;
  const label = button.querySelector('[data-theme-name]');
  if (label) label.textContent = theme;
  else if (!button.childElementCount) button.textContent = `Theme: ${theme}`;
  else if (button.hasAttribute('aria-label')) button.setAttribute('aria-label', button.title);
}

function wireTheme() {
  for (const button of document.querySelectorAll('button[data-theme-switch]')) {
    button.hidden = false;
    nameTheme(button);
  }
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-theme-switch]');
    if (!button) return;
    event.preventDefault();
    const root = document.documentElement;
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'auto') + 1) % THEMES.length];
    root.dataset.theme = next;
    // The server reads the cookie, so that the next page comes in the right colours at once.
    const secure = location.protocol === 'https:' ? '; secure' : '';
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
    nameTheme(button);
  });
}

function wireMenus() {
  document.addEventListener('pointerdown', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener('keydown', (event) => {
    const menu = event.key === 'Escape' && event.target.closest?.('details.menu[open]');
    if (!menu) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

function wireForms() {
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (!form?.matches('[data-autosubmit]')) return;
    if (event.target.matches('select, input[type="checkbox"], input[type="radio"], input[type="date"]')) form.requestSubmit();
  });
  // A second press while the first is under way would do the thing twice.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || form.closest('dialog')) return;
    if ('sent' in form.dataset) event.preventDefault();
    else form.dataset.sent = '';
  });
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
}

/** Sections that stand on one line that scrolls show the one that is open. */
function lookAtSection() {
  const own = document.querySelector('.side [aria-current]');
  const line = own?.closest('ul');
  if (line && line.scrollWidth > line.clientWidth) line.scrollLeft = own.offsetLeft - line.clientWidth / 2 + own.offsetWidth / 2;
}

/** A timeline that is wider than its place begins where today is. */
function lookAtToday() {
  for (const box of document.querySelectorAll('.timeline')) {
    const now = box.querySelector('.now');
    if (now && box.scrollWidth > box.clientWidth) {
      box.scrollLeft += now.getBoundingClientRect().left - box.getBoundingClientRect().left - box.clientWidth / 3;
    }
  }
}

wireDialogs();
wireTheme();
wireMenus();
wireForms();
wireCopies();
wireMoves();
lookAtToday();
lookAtSection();
wireRemaining();
adoptToast();
wireDraft();
// What was done is said once: the address without it is the page's own.
const address = new URL(location.href);
if (address.searchParams.has('done') || address.searchParams.has('said')) {
  const opened = address.searchParams.get('open')?.split(',').at(-1);
  (document.getElementById(`p${opened}`) ?? document.getElementById(`j${opened}`))?.scrollIntoView({ block: 'center' });
  address.searchParams.delete('done');
  address.searchParams.delete('said');
  history.replaceState(history.state, '', address);
}

document.querySelector('.errors')?.setAttribute('tabindex', '-1');
document.querySelector('.errors')?.focus();
// Only somebody who is signed in has a rail, and only they may listen.
if (document.querySelector('.rail')) {
  wirePalette();
  wireViews();
  // A room of planning poker has a line of its own.
  if (!document.getElementById('poker')) {
    wireRefresh();
    listen();
  }
}
