/** Sentences of a person's own that one device keeps: a flat scan of their codes stays within some milliseconds. */
export const MOST_OWN_SENTENCES = 200_000;
/** Works that they stand in; each is a line in a list. */
export const MOST_OWN_WORKS = 20_000;
/** Largest file that is read: 200,000 sentences have about 30 MB. */
export const MOST_FILE_BYTES = 64 * 1024 * 1024;
/** Largest export of a page like this that is read: all that one device keeps, in any writing, must come back. */
export const MOST_EXPORT_BYTES = 256 * 1024 * 1024;
/** Longest sentence in UTF-16 units; a text tower reads a few hundred. What is longer is cut at a space. */
export const MOST_SENTENCE_LENGTH = 1000;
/** Longest field of a bibliographic record. */
export const MOST_FIELD_LENGTH = 500;
