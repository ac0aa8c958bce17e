// Buttons that put what stands in a field on the clipboard. Without scripts the field can be marked and copied by hand.

import { toast } from './toast.js';

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    toast('Copied.');
  } catch {
    field.select();
    toast('The browser does not let pages copy; the text is marked for you.');
  }
}

export function wireCopies() {
  for (const button of document.querySelectorAll('[data-copy-from]')) button.hidden = false;
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-copy-from]');
    if (button) copy(document.getElementById(button.dataset.copyFrom));
  });
}
