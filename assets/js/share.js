// Pictures for slides: the server draws the SVG, this turns it into a PNG and puts it on the clipboard or into a file.

import { make } from './fragment.js';
import { toast } from './toast.js';

/** Twice the picture's own size, so that it stays sharp on a large slide. */
const SCALE = 2;

function load(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(image));
    image.addEventListener('error', () => reject(new Error('the picture did not come')));
    image.src = address;
  });
}

async function png(address) {
  const image = await load(address);
  const canvas = make('canvas', { width: image.naturalWidth * SCALE, height: image.naturalHeight * SCALE });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be drawn'))), 'image/png');
  });
}

function keep(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make('a', { href: address, download: name });
  link.click();
  // The browser reads the file after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

async function copy(menu) {
  const made = png(menu.dataset.share);
  try {
    // The promise itself is handed over, because a browser takes a picture only while the click is fresh.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': made })]);
    toast('The picture is on the clipboard.');
  } catch {
    keep(await made, `${menu.dataset.name}.png`);
    toast('The browser does not let pages copy pictures; it was saved as a file instead.');
  }
}

async function act(event, what) {
  const menu = event.target.closest('details.share');
  event.preventDefault();
  menu.open = false;
  try {
    await what(menu);
  } catch {
    toast('The picture could not be made. The SVG can be saved instead.');
  }
}

for (const menu of document.querySelectorAll('details.share')) {
  const button = menu.querySelector('[data-copy]');
  button.hidden = false;
  button.addEventListener('click', (event) => act(event, copy));
  menu.querySelector('[data-png]').addEventListener('click', (event) => act(event, async (own) => {
    keep(await png(own.dataset.share), `${own.dataset.name}.png`);
  }));
}
