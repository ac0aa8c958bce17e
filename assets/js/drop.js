// Files that are dropped on a place with a field for files.

/** Lets files be dropped on `place`; `taken` is told of its field once it holds them. */
export function wireDrop(place, taken) {
  const input = place.querySelector('input[type="file"]');
  for (const kind of ['dragenter', 'dragover']) {
    place.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      place.classList.add('over');
    });
  }
  place.addEventListener('dragleave', (event) => {
    if (!place.contains(event.relatedTarget)) place.classList.remove('over');
  });
  place.addEventListener('drop', (event) => {
    place.classList.remove('over');
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    taken(input);
  });
  return input;
}
