/**
 * A name that tries everything: separators, formulas, markup, line ends,
 * escape sequences, overrides of direction, half a character.
 */
export const EVIL =
  '=a b;c,"d" 1\u0000\u001b[2J\u001b]0;x\u0007\u009b31m\r\n\u202e<script>alert(1)</script>\ud800\u2028';
/** What moves a cursor, hides text or is no character. */
export const CONTROL =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
