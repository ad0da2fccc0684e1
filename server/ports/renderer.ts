/** The port of making files from data: a restricted document tree to tagged PDF/A (ISO 19005-3), the same bytes for the same input. */
import type { Json } from '../../engine/index.ts';

/** An empty, tagged signature field in the layout: where a signature or seal shows. Rectangles in PDF points from the lower left corner. */
export interface SignatureField {
  readonly name: string;
  readonly page: number;
  readonly rectangle: readonly [number, number, number, number];
}

export interface RenderRequest {
  /** Text of the template (Handlebars, strict) and its JSON Schema; names are for messages. */
  readonly template: string;
  readonly templateName: string;
  readonly data: Readonly<Record<string, Json>>;
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  /** ISO 8601 UTC instant: date of the document and of the file. */
  readonly at: string;
  /** Embedded as metadata.json (AFRelationship Data). */
  readonly metadata: Readonly<Record<string, Json>>;
  /** Text of the QR code that the template places. */
  readonly qr: string;
}

export interface Rendition {
  readonly pdf: Uint8Array;
  readonly pages: number;
  readonly fields: readonly SignatureField[];
  /** Name and version of the renderer and hash of its fonts: with template and data it makes the bytes repeatable. */
  readonly renderer: string;
}

export interface Renderer {
  /** Rejects with an error that has a code and says which field or character of the template or data is wrong. */
  render(request: RenderRequest): Promise<Rendition>;
  close(): Promise<void>;
}
