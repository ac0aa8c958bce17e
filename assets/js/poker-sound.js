// Two short notes when the cards open, for who wants to hear them.

const KEPT = 'poker-sound';
const NOTES = [[660, 0], [880, 0.12]];
let context = null;

function isOn() {
  return document.cookie.split('; ').includes(`${KEPT}=on`);
}

function keep(on) {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${KEPT}=${on ? 'on' : 'off'}; path=/poker; max-age=31536000; samesite=lax${secure}`;
}

/** Sounds, if that is wanted. */
export function ring() {
  if (!isOn()) return;
  context ??= new AudioContext();
  for (const [pitch, after] of NOTES) {
    const [tone, loud] = [context.createOscillator(), context.createGain()];
    const begin = context.currentTime + after;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.08, begin);
    loud.gain.exponentialRampToValueAtTime(0.001, begin + 0.25);
    tone.connect(loud).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.25);
  }
}

/** Names the switch by what it is. */
export function nameSound() {
  const button = document.querySelector('[data-sound]');
  if (!button) return;
  const on = isOn();
  button.hidden = false;
  button.setAttribute('aria-pressed', String(on));
  button.querySelector('span').textContent = on ? 'Sound is on' : 'Sound is off';
}

export function wireSound() {
  nameSound();
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-sound]')) return;
    keep(!isOn());
    nameSound();
    ring();
  });
}
