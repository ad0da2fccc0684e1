/** Why a PDF file cannot be read: the end of the sentence "Expected a readable PDF file, but ...". */
export class PdfFault extends Error {
  override readonly name = 'PdfFault';
}
