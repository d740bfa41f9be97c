/** Only an absolute https address may become a link, whatever an edition says; null for anything else. */
export function httpsLink(link: string | null): string | null {
  return link !== null && URL.canParse(link) && new URL(link).protocol === "https:" ? link : null;
}
