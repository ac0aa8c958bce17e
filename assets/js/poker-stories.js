// Comfort for the stories of a poker room: dragging and arrow keys put them in order, files can be dropped, and what is pasted
// is counted before it is sent. Everything here listens on the document, so a list that was drawn anew needs no wiring.

import { wireDrop } from './drop.js';
import { make, reason, request } from './fragment.js';
import { toast } from './toast.js';

/** How many stories a room takes. */
const MOST = 500;
/** So near to the edge of what scrolls, dragging scrolls it. */
const EDGE = 60;

/** A held key moves a story many times; where it comes to rest is told once, this long after, in milliseconds. */
const RESTS = 250;

let drag = null;
let sending = Promise.resolve();
/** What was moved by keys and is not told yet. */
let moving = null;

const listOf = (story) => story.closest('ol[data-stories]');
const stories = (list) => [...list.querySelectorAll(':scope > .story')];
const nameOf = (story) => story.querySelector('.what').textContent.trim();

/** Says to everybody, also who does not see it, where a story is now. */
function say(list, story) {
  let box = document.getElementById('story-moved');
  if (!box) {
    box = make('p', { id: 'story-moved', class: 'visually-hidden', role: 'status', 'data-keep': true });
    list.after(box);
  }
  const all = stories(list);
  box.textContent = `${nameOf(story)}: ${all.indexOf(story) + 1} of ${all.length}`;
}

/** Tells the server before which story this one stands; moves follow one another, as they were made. */
function keep(list, story) {
  const next = story.nextElementSibling;
  const body = new URLSearchParams({ csrf: list.dataset.key });
  if (next) body.set('before', next.dataset.story);
  else body.set('to', 'end');
  const url = `${list.dataset.stories}/${story.dataset.story}/move`;
  sending = sending.then(async () => {
    try {
      const response = await request(url, { method: 'POST', body, keepalive: true, headers: { Accept: 'application/json' }, redirect: 'manual' });
      // A redirect is the answer of a form that was taken.
      if (response.ok || response.type === 'opaqueredirect') return;
      toast(reason(response, await response.json().catch(() => null)));
    } catch {
      toast('The server cannot be reached. The order is as it was.');
    }
    location.reload();
  });
}

function rest() {
  if (!moving) return;
  const { list, story, timer } = moving;
  clearTimeout(timer);
  moving = null;
  list.removeAttribute('data-keep');
  if (story.isConnected) keep(list, story);
}

/** Keeps what was moved by keys once it rests; another story, another tab or another page first. */
function keepSoon(list, story) {
  if (moving && moving.story !== story) rest();
  clearTimeout(moving?.timer);
  list.setAttribute('data-keep', '');
  moving = { list, story, timer: setTimeout(rest, RESTS) };
}

function nudge(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
  const story = event.target.closest?.('.story');
  const list = story && listOf(story);
  if (!list) return;
  event.preventDefault();
  const other = event.key === 'ArrowUp' ? story.previousElementSibling : story.nextElementSibling;
  if (!other) return say(list, story);
  const focused = document.activeElement;
  if (event.key === 'ArrowUp') other.before(story);
  else other.after(story);
  focused.focus();
  story.scrollIntoView({ block: 'nearest' });
  say(list, story);
  keepSoon(list, story);
}

/** Keeps a dragged story under the pointer and lets it change places with the one that it has reached. */
function follow() {
  const { list, story, grabbed } = drag;
  const place = () => story.offsetTop + story.offsetHeight / 2;
  const box = list.getBoundingClientRect();
  const wanted = drag.y - grabbed - box.top;
  const middle = wanted + story.offsetHeight / 2;
  for (const other of stories(list)) {
    if (other === story) continue;
    const centre = other.offsetTop - list.offsetTop + other.offsetHeight / 2;
    const own = place() - list.offsetTop;
    if (own > centre && middle < centre) {
      other.before(story);
      break;
    }
    if (own < centre && middle > centre) other.after(story);
  }
  story.style.translate = `0 ${wanted - (story.offsetTop - list.offsetTop)}px`;
}

function scroll() {
  if (!drag) return;
  const by = drag.y < EDGE ? drag.y - EDGE : Math.max(0, drag.y - innerHeight + EDGE);
  if (by) {
    (drag.list.closest('.scroll, .story-scroll') ?? document.scrollingElement).scrollBy(0, by / 4);
    follow();
  }
  requestAnimationFrame(scroll);
}

function grab(event) {
  const grip = event.target.closest?.('.grip');
  const story = grip?.closest('.story');
  const list = story && listOf(story);
  if (!list || event.button !== 0 || drag) return;
  event.preventDefault();
  rest();
  grip.setPointerCapture(event.pointerId);
  drag = {
    list, story, y: event.clientY, pointer: event.pointerId, before: story.nextElementSibling,
    grabbed: event.clientY - story.getBoundingClientRect().top,
  };
  story.classList.add('dragged');
  // What others do meanwhile waits until the story is let go.
  list.setAttribute('data-keep', '');
  requestAnimationFrame(scroll);
}

function drop(event, taken) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { list, story, before } = drag;
  drag = null;
  story.classList.remove('dragged');
  story.style.translate = '';
  list.removeAttribute('data-keep');
  if (!taken) {
    if (before) before.before(story);
    else list.append(story);
  } else if (story.nextElementSibling !== before) {
    say(list, story);
    keep(list, story);
  }
}

/** Counts the lines of what is pasted, and says before it is sent that they are too many. */
function count(form) {
  const lines = form.elements.text.value.split('\n').filter((line) => line.trim()).length;
  const box = form.querySelector('[data-count]');
  const plain = lines === 1 ? '1 line' : `${lines} lines`;
  box.textContent = lines === 0 ? '' : lines > MOST + 1 ? `${plain}; a room takes ${MOST} stories.` : plain;
  box.classList.toggle('error', lines > MOST + 1);
}

async function copy(button) {
  try {
    const response = await request(button.dataset.copyText);
    if (!response.ok) throw new Error('refused');
    await navigator.clipboard.writeText(await response.text());
    toast('The table is on the clipboard as Markdown.');
  } catch {
    toast('The browser does not let pages copy; the file can be downloaded instead.');
  }
}

document.addEventListener('keydown', nudge);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && drag) drop({ pointerId: drag.pointer }, false);
});
document.addEventListener('pointerdown', grab);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') rest(); });
document.addEventListener('pointermove', (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  drag.y = event.clientY;
  follow();
});
document.addEventListener('pointerup', (event) => drop(event, true));
document.addEventListener('pointercancel', (event) => drop(event, false));
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-copy-text]');
  if (button) copy(button);
});
document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (form?.matches('[data-bring]') && event.target.name === 'text') count(form);
});
// Lists can be dragged as soon as this runs.
document.documentElement.dataset.drags = '';
for (const place of document.querySelectorAll('.bring [data-drop]')) wireDrop(place, (field) => field.form.requestSubmit());
