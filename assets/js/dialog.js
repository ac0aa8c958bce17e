// Pages of the server shown in a dialog, and the question before something that cannot be waved away.

import { content, make, readHtml, reason, request } from './fragment.js';
import { signedOutToast, toast } from './toast.js';

function labelled(dialog) {
  const heading = dialog.querySelector('h1, h2');
  if (!heading) return;
  heading.id ||= 'dialog-title';
  dialog.setAttribute('aria-labelledby', heading.id);
}

function focusFirst(dialog) {
  const target = dialog.querySelector('[aria-invalid="true"]') ?? dialog.querySelector('.errors a, [autofocus]')
    ?? dialog.querySelector('input:not([type="hidden"]), select, textarea, .btn');
  target?.focus();
}

function closeButton() {
  return make('button', { type: 'button', class: 'btn quiet small close', 'data-close': true, 'aria-label': 'Close' }, '×');
}

function fill(dialog, parsed) {
  dialog.replaceChildren(...content(parsed), closeButton());
  delete dialog.dataset.touched;
  for (const button of dialog.querySelectorAll('[data-copy-from]')) button.hidden = false;
  labelled(dialog);
  focusFirst(dialog);
}

function open(...children) {
  const dialog = make('dialog', {}, ...children);
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('input', () => { dialog.dataset.touched = ''; });
  dialog.addEventListener('click', (event) => {
    if (event.target.closest('[data-close], [value="cancel"]')) {
      event.preventDefault();
      dialog.close();
    } else if (event.target === dialog && !('touched' in dialog.dataset) && outside(dialog, event)) {
      // A click beside the dialog closes it, unless something typed would be lost.
      dialog.close();
    }
  });
  dialog.showModal();
  return dialog;
}

function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** Shows what a link leads to in a dialog; the link itself is the way out when that fails. */
export async function openDialog(href) {
  let parsed;
  try {
    const response = await request(href, { fragment: 'dialog' });
    if (response.status === 401) return signedOutToast();
    if (!response.ok || response.redirected) return location.assign(href);
    parsed = await readHtml(response);
  } catch {
    toast('The server cannot be reached.');
    return;
  }
  const dialog = open();
  dialog.dataset.source = href;
  fill(dialog, parsed);
  dialog.addEventListener('submit', (event) => send(event, dialog));
}

function load(dialog, target) {
  dialog.close();
  const url = new URL(target || location.href, location.href);
  if (url.origin !== location.origin) return;
  const here = new URL(location.href);
  if (url.pathname === here.pathname && url.search === here.search) {
    // A page that shows by itself what was done says so by cancelling the event.
    if (document.dispatchEvent(new CustomEvent('ballast:done', { cancelable: true }))) location.reload();
  } else {
    location.assign(url);
  }
}

async function send(event, dialog) {
  const form = event.target;
  const submitter = event.submitter;
  if (event.defaultPrevented || form.method === 'dialog' || submitter?.formMethod === 'dialog') return;
  event.preventDefault();
  if ('busy' in form.dataset) return;
  form.dataset.busy = '';
  submitter?.setAttribute('aria-busy', 'true');
  const method = (submitter?.getAttribute('formmethod') ?? form.method).toLowerCase();
  const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? dialog.dataset.source;
  const data = new FormData(form, submitter);
  try {
    const response = method === 'get'
      ? await request(withQuery(action, data), { fragment: 'dialog' })
      : await request(action, { method: 'POST', fragment: 'dialog', body: form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data) });
    await answered(response, dialog, method);
  } catch {
    complain(dialog, 'The server cannot be reached. Nothing was saved.');
  } finally {
    delete form.dataset.busy;
    submitter?.removeAttribute('aria-busy');
  }
}

function withQuery(action, data) {
  const url = new URL(action, location.href);
  url.search = new URLSearchParams(data).toString();
  return url.href;
}

async function answered(response, dialog, method) {
  const target = response.headers.get('X-Location');
  if (response.status === 401) {
    dialog.close();
    return signedOutToast();
  }
  if (target || response.status === 204) return load(dialog, target);
  if (response.redirected && method === 'post') return load(dialog, response.url);
  const html = (response.headers.get('Content-Type') ?? '').includes('html');
  if (html && (response.ok || response.status === 422 || response.status === 409 || response.status === 412)) {
    return fill(dialog, await readHtml(response));
  }
  complain(dialog, html ? (await told(response)) : reason(response, await response.json().catch(() => null)));
}

/** What a page of refusal says in its first paragraph, which knows more than its status. */
export async function told(response) {
  const page = await readHtml(response);
  const faults = [...(page.querySelectorAll?.('ul.errors li') ?? [])].map((fault) => fault.textContent);
  return faults.join(' ') || (page.querySelector?.('h1 + p')?.textContent ?? reason(response, null));
}

function complain(dialog, text) {
  dialog.querySelector('.errors.sent')?.remove();
  const box = make('div', { class: 'errors sent', role: 'alert' }, make('p', {}, text));
  (dialog.querySelector('form') ?? dialog).prepend(box);
}

/** Asks a question; resolves to whether the answer was yes. */
export function ask(question, yes) {
  return new Promise((resolve) => {
    const accept = make('button', { type: 'button', class: 'btn primary' }, yes);
    const dialog = open(
      make('h2', {}, question),
      make('footer', {}, make('button', { type: 'button', class: 'btn', 'data-close': true }, 'Cancel'), accept),
    );
    labelled(dialog);
    let answer = false;
    accept.addEventListener('click', () => {
      answer = true;
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(answer));
    accept.focus();
  });
}

/** Shows nodes that the page itself has built. */
export function show(...children) {
  const dialog = open(...children, closeButton());
  labelled(dialog);
  return dialog;
}

const confirmed = new WeakSet();

/** Wires links with `data-dialog` and buttons with `data-confirm`, wherever they will appear. */
export function wireDialogs() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-dialog]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // The dialog takes the place of the menu that led to it.
    const menu = link.closest('details.menu');
    if (menu) menu.open = false;
    openDialog(link.href);
  });
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('button[data-confirm], input[data-confirm]');
    if (!button || confirmed.delete(button)) return;
    event.preventDefault();
    event.stopPropagation();
    if (button.form && !button.formNoValidate && !button.form.reportValidity()) return;
    if (!(await ask(button.dataset.confirm, button.textContent.trim() || button.value || 'Yes'))) return;
    confirmed.add(button);
    button.click();
  }, true);
}
