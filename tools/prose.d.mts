/** Markdown with its paragraphs and list items laid out. */
export function wrapped(markdown: string): string;
