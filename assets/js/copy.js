// Buttons that put what stands in a field or a list on the clipboard, or into a file. Without scripts it can be marked and
// copied by hand.

import { make } from './fragment.js';
import { toast } from './toast.js';

/** What a field holds, or the lines of a list. */
export function textOf(element) {
  return element.value ?? Array.from(element.children, (line) => line.textContent.trim()).join('\n');
}

function mark(element) {
  if (element.select) return element.select();
  getSelection().selectAllChildren(element);
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(textOf(element));
    toast('Copied.');
  } catch {
    mark(element);
    toast('The browser does not let pages copy; the text is marked for you.');
  }
}

function download(element, name) {
  const href = URL.createObjectURL(new Blob([`${textOf(element)}\n`], { type: 'text/plain' }));
  const link = make('a', { href, download: name });
  link.click();
  // The browser reads it after the press.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
  toast(`Kept as ${name}.`);
}

export function wireCopies() {
  for (const button of document.querySelectorAll('[data-copy-from], [data-download-from]')) button.hidden = false;
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-copy-from], [data-download-from]');
    if (!button) return;
    const { copyFrom, downloadFrom, name } = button.dataset;
    if (copyFrom) copy(document.getElementById(copyFrom));
    else download(document.getElementById(downloadFrom), name);
  });
}
