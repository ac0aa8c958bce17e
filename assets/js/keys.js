// Keys that belong to the page and not to a field.

/** Whether a key press is meant for a field and not for the page. */
export function typing(target) {
  return target.isContentEditable || target.matches?.('input, select, textarea') === true;
}
