/** The shapes of the two XML libraries as far as this room uses them; they ship without types of their own. */
declare module 'bpmn-moddle' {
  export interface ImportWarning {
    readonly message: string;
    readonly element?: object;
    readonly property?: string;
    readonly value?: string;
  }
  export interface ImportResult {
    readonly rootElement: object;
    readonly elementsById: Readonly<Record<string, object>>;
    readonly warnings: readonly ImportWarning[];
  }
  export interface PropertyDescriptor {
    readonly name: string;
    readonly type: string;
    readonly isAttr?: boolean;
    readonly isBody?: boolean;
    readonly isReference?: boolean;
  }
  export interface PackageDescriptor {
    readonly prefix: string;
    readonly enumerations?: readonly { readonly name: string; readonly literalValues: readonly { readonly name: string }[] }[];
    readonly types: readonly { readonly name: string; readonly superClass?: readonly string[]; readonly properties?: readonly PropertyDescriptor[] }[];
  }
  export class BpmnModdle {
    constructor(packages?: object);
    fromXML(xml: string, options?: { readonly lax?: boolean }): Promise<ImportResult>;
    toXML(element: object, options?: { readonly format?: boolean }): Promise<{ readonly xml: string }>;
    getPackages(): readonly PackageDescriptor[];
  }
}

declare module 'saxen' {
  export type Attributes = Readonly<Record<string, string>>;
  export type Decode = (text: string) => string;
  export class Parser {
    ns(prefixByUri: Readonly<Record<string, string>>): this;
    on(event: 'openTag', callback: (name: string, attributes: () => Attributes | false, decode: Decode, selfClosing: boolean) => void): this;
    on(event: 'closeTag', callback: (name: string, decode: Decode, selfClosing: boolean) => void): this;
    on(event: 'text' | 'comment' | 'cdata' | 'question' | 'attention', callback: (text: string) => void): this;
    on(event: 'error' | 'warn', callback: (reason: Error) => void): this;
    parse(xml: string): Error | null;
    stop(): void;
  }
}
