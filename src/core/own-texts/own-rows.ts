/**
 * Rows of a person's own sentences begin here, so that one list can hold them beside an edition's: an edition has fewer than
 * 2^32 rows.
 */
const FIRST_OWN_ROW = 2 ** 32;

/** Tells whether a row of a list is that of a person's own sentence. */
export function isOwnRow(row: number): boolean {
  return row >= FIRST_OWN_ROW;
}

/** The row in a list of the own sentence with number `own` in its store. */
export function toListRow(own: number): number {
  return FIRST_OWN_ROW + own;
}

/** The number in the store of an own sentence's row in a list. */
export function toOwnRow(row: number): number {
  return row - FIRST_OWN_ROW;
}
