// What is left of a round's time. The server's clock rules: each page comes with what it showed when it was made.

const EVERY = 250;
const SHORT = 10_000;

/** `1:30`, `2 h 5 min`, `3 days`: as the server writes it. */
export function left(milliseconds) {
  const seconds = Math.ceil(Math.max(0, milliseconds) / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
}

let ahead = 0;

function paint() {
  for (const element of document.querySelectorAll('.countdown[data-deadline]')) {
    const rest = Number(element.dataset.deadline) - (Date.now() + ahead);
    const text = left(rest);
    if (element.textContent !== text) element.textContent = text;
    element.toggleAttribute('data-short', rest < SHORT);
  }
}

/** Takes the server's time from what the page has just shown. */
export function setClock() {
  const element = document.querySelector('[data-deadline][data-now]');
  if (!element) return;
  ahead = Number(element.dataset.now) - Date.now();
  paint();
}

export function wireClock() {
  setClock();
  setInterval(paint, EVERY);
}
