/**
 * An address with nothing in it that a browser mends, drops or hides (WHATWG URL, 4.4), so that it leads where it seems to: with the two slashes that it
 * passes over, without the user name that looks like a host, and without backslashes, blanks and characters that can't be seen, such as those that turn
 * the direction of writing.
 */
const ADDRESS = /^https?:\/\/[^\s\p{C}\\/?#@]+(?:[/?#][^\s\p{C}\\]*)?$/iu;

/** Whether a text is an http or https URL that can be shown, and followed, as it is. */
export function isLink(text: string): boolean {
  return ADDRESS.test(text) && URL.canParse(text);
}
