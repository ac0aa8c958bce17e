// The legend of the load bands says what is being typed.

const form = document.querySelector('form[action="/settings/load"]');

function show() {
  for (const text of form.querySelectorAll('[data-limit]')) text.textContent = form.elements[text.dataset.limit].value || '…';
  for (const text of form.querySelectorAll('[data-unit]')) text.textContent = form.elements.unit.value === 'hours' ? 'h' : '%';
}

form?.addEventListener('input', show);
