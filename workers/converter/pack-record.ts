/** A made pack, as it is kept. */
export interface PackRecord {
  readonly packId: string;
  readonly name: string;
  readonly variants: { readonly base: string; readonly adapted: string | null };
  readonly fingerprint: string;
  /** Bytes of all files of the pack. */
  readonly bytes: number;
  readonly hasText: boolean;
  readonly hasAdapter: boolean;
  /** Where its weights came from: id in the configuration and mirror; null for files of the person's own. */
  readonly origin: { readonly id: string; readonly mirror: string | null } | null;
  /** Tells requests for the same public places; null where the person's own files took part. */
  readonly requestKey: string | null;
  /** Files of the pack by their names: what the store calls them. */
  readonly files: Readonly<Record<string, string>>;
  /** Small files that it was made of (configuration, tokenizer, adapter), which its text part needs again. */
  readonly originals: Readonly<Record<string, string>>;
}
