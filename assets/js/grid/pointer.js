// The pointer in the grid: choosing, dragging a selection, the fill handle, a double click or a tap to type.

const EDGE = 28;
const HANDLE = 11;

/**
 * Wires the pointer.
 *
 * @param {{sheet: object, editor: object, edit: (td: Element) => void, fillTo: (place: object) => void, hint: (place: object) => void, chosen: () => void}} grid
 */
export function wirePointer(grid) {
  const { sheet, editor } = grid;
  const { root, body } = sheet;
  let drag = null;

  body.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const filling = atHandle(event);
    const td = event.target.closest('td');
    if (!td) return;
    event.preventDefault();
    if (!editor.commit()) return;
    const place = sheet.place(td);
    if (!filling) {
      sheet.select(place.row, place.col, { extend: event.shiftKey });
      grid.chosen();
    }
    drag = { filling, last: td, x: event.clientX, y: event.clientY };
    root.classList.add('dragging');
    scrollAtEdge();
  });

  /** The handle is painted into the corner of the last selected cell, so it is found by place. */
  function atHandle(event) {
    if (!sheet.corner || event.target.closest?.('td') !== sheet.corner) return false;
    const box = sheet.corner.getBoundingClientRect();
    return event.clientX > box.right - HANDLE && event.clientY > box.bottom - HANDLE;
  }

  body.addEventListener('pointermove', (event) => {
    const over = drag ? drag.filling : atHandle(event);
    if (root.classList.contains('at-handle') !== over) root.classList.toggle('at-handle', over);
  });

  addEventListener('pointermove', (event) => {
    if (!drag) return;
    drag.x = event.clientX;
    drag.y = event.clientY;
    reach();
  });

  addEventListener('pointerup', () => {
    if (!drag) return;
    const { filling, last } = drag;
    stop();
    if (filling) grid.fillTo(sheet.place(last));
    else grid.chosen();
  });
  addEventListener('pointercancel', stop);
  addEventListener('blur', stop);

  function stop() {
    drag = null;
    root.classList.remove('dragging', 'at-handle');
  }

  function reach() {
    const td = document.elementFromPoint(drag.x, drag.y)?.closest?.('td');
    if (!td || td === drag.last || !body.contains(td)) return;
    drag.last = td;
    const place = sheet.place(td);
    if (!place) return;
    if (drag.filling) grid.hint(place);
    else sheet.select(place.row, place.col, { extend: true });
  }

  /** While a drag rests at the edge, the grid moves on under it. */
  function scrollAtEdge() {
    if (!drag) return;
    const box = root.getBoundingClientRect();
    const across = drag.x > box.right - EDGE ? 1 : drag.x < box.left + EDGE ? -1 : 0;
    const down = drag.y > box.bottom - EDGE ? 1 : drag.y < box.top + EDGE ? -1 : 0;
    if (across || down) {
      root.scrollBy(across * 14, down * 14);
      reach();
    }
    requestAnimationFrame(scrollAtEdge);
  }

  body.addEventListener('dblclick', (event) => {
    const td = event.target.closest('td');
    if (td) grid.edit(td);
  });

  // A finger scrolls; a tap chooses the cell and opens it.
  body.addEventListener('click', (event) => {
    if (event.pointerType !== 'touch') return;
    const td = event.target.closest('td');
    if (!td || !editor.commit()) return;
    const place = sheet.place(td);
    sheet.select(place.row, place.col);
    if (sheet.isEditable(td)) grid.edit(td);
    else grid.chosen();
  });
}
