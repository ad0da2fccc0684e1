/** Inputs and outputs of other engines (BPMN 2.0.2, 10.4 data): texts, lists and maps as FEEL in zeebe:ioMapping. */
import type { Converter, Use } from './converter.ts';
import { attributeOf } from './converter.ts';
import { convertScript, convertValue, feelString } from './juel-to-feel.ts';
import type { Converted } from './juel-to-feel.ts';
import { elementsOf, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** `owner` has the inputOutput: an activity, or the connector of one; `target` is the activity. */
export function inputsAndOutputs(converter: Converter, owner: XmlElement, target = owner): void {
  for (const mapping of converter.elements(owner, 'inputOutput', target)) {
    const holder = mapping.node as XmlElement;
    for (const [name, part] of [['inputParameter', 'zeebe:input'], ['outputParameter', 'zeebe:output']] as const) {
      for (const use of converter.elements(holder, name, target)) parameter(converter, use, part);
    }
    if (elementsOf(holder).length === 0) converter.remove(mapping);
    else converter.keep(mapping);
  }
}

function parameter(converter: Converter, use: Use, part: 'zeebe:input' | 'zeebe:output'): void {
  const node = use.node as XmlElement;
  const target = attributeOf(node, 'name') ?? '';
  const named: Use = { ...use, property: `${use.property} ${target}` };
  const converted = contentOf(node);
  if ('text' in converted) {
    converter.add(use.element, 'zeebe:ioMapping', part, { source: converted.text, target });
    converter.remove(use);
    converter.say('moved', named, `${part} source="${converted.text}" target="${target}"`);
  } else if (converted.hint === '') converter.refuse(named, 'foreignScript', { language: converted.reason });
  else converter.refuse(named, 'expression', { reason: converted.reason, todo: converted.hint });
}

/** FEEL with its `=`; a script nobody can convert has its language as reason and no hint. */
function contentOf(element: XmlElement): Converted {
  const [inner] = elementsOf(element);
  if (inner === undefined) {
    const converted = convertValue(textOf(element).trim());
    return 'text' in converted && !converted.text.startsWith('=') ? { text: `=${feelString(converted.text)}` } : converted;
  }
  if (inner.local === 'script') return scriptOf(inner);
  if (inner.local === 'null') return { text: '=null' };
  if (inner.local === 'list') return listed(elementsOf(inner), (item) => (item.local === 'value' ? contentOf(item) : contentOf({ ...element, children: [item] })), (items) => `=[${items.join(', ')}]`);
  if (inner.local === 'map') {
    const entries = elementsOf(inner);
    return listed(entries, contentOf, (items) => `={${items.map((item, index) => `${feelString(attributeOf(entries[index]!, 'key') ?? '')}: ${item}`).join(', ')}}`);
  }
  return { reason: `it holds ${inner.name}`, hint: 'Write the value in FEEL.' };
}

function listed(elements: readonly XmlElement[], read: (element: XmlElement) => Converted, write: (items: readonly string[]) => string): Converted {
  const items: string[] = [];
  for (const element of elements) {
    const converted = read(element);
    if (!('text' in converted)) return converted;
    items.push(converted.text.slice(1));
  }
  return { text: write(items) };
}

/** Scripts in the expression language itself; others are never run, and what they return is not known. */
function scriptOf(script: XmlElement): Converted {
  const language = attributeOf(script, 'scriptFormat') ?? '';
  const text = textOf(script).trim();
  if (/^(?:juel|feel)$/i.test(language) && attributeOf(script, 'resource') === undefined) {
    return language.toLowerCase() === 'feel' ? { text: `=${text}` } : /[$#]\{/.test(text) ? convertValue(text) : convertScript(text);
  }
  return { reason: language === '' ? 'another language' : language, hint: '' };
}
