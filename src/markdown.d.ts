/** Markdown is bundled as text. */
declare module '*.md' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: what the bundler's text loader makes
  export default text;
}
