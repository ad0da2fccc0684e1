/** Data stores (BPMN 2.0.2, 10.4.1; docs/data-stores.md): which register one is, which entry of it, and what an arrow copies out of it or into it. */
import { born, expression, numeral, setProperty } from '../model/edit.ts';
import type { Edit } from '../model/edit.ts';
import { elementOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { Moddle, ModdleElement } from '../model/moddle.ts';
import { emptyExpression, namesOfRoots, propertyOf, registerOf, setDataStore } from '../model/references.ts';
import { asFeel } from './feel.ts';
import type { Field, Row, Section, Subject } from './fields.ts';

/** What it is called in expressions. */
export function storeVariable(reference: ModdleElement): string {
  return registerOf(reference).replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(?=\p{N})/u, '_');
}

/** Of a data store on the drawing. */
export function storeSection({ element, moddle }: Subject): Section[] {
  const store = elementOf(element, 'dataStoreRef');
  const capacity = store?.get('isUnlimited') === false ? textOf(store, 'capacity') : '';
  return [{
    key: 'store', title: 'Register', fields: [
      {
        kind: 'text', key: 'register', label: 'Register', value: textOf(store, 'name'), suggestions: namesOfRoots(element, 'bpmn:DataStore').map((name) => ({ value: name, label: name })),
        hint: 'Every procedure that names the same register means the same one. Empty: the name on the drawing.', write: (name) => setDataStore(moddle, element, name),
      },
      { kind: 'note', key: 'variable', text: `In expressions it is called ${storeVariable(element)}.` },
      {
        kind: 'text', key: 'key', label: 'Entry', hint: 'Which entry is read and written, for example =plate. Empty: the register holds one entry only.', value: propertyOf(element, 'key'), feel: 'maybe',
        write: (key) => setProperty(moddle, element, 'key', key.trim()),
      },
      ...(store === undefined ? [] : [{
        kind: 'text', key: 'capacity', label: 'Most entries', hint: 'A case that would add one too many stops with an incident. Empty: as many as come.', value: capacity,
        // Only what is limited has a number of entries.
        write: (value: string) => [{ on: store, set: value.trim() === '' ? { capacity: undefined, isUnlimited: undefined } : { capacity: numeral(value), isUnlimited: false } }],
      } satisfies Field]),
    ],
  }];
}

/** Of a step: all arrows between it and data stores; of one arrow: its own. */
export function storeArrowSection({ element, moddle }: Subject): Section[] {
  const arrows = element.$instanceOf('bpmn:DataAssociation') ? [element] : [...listOf(element, 'dataInputAssociations'), ...listOf(element, 'dataOutputAssociations')];
  const fields = arrows.flatMap((arrow) => arrowField(moddle, arrow));
  return fields.length === 0 ? [] : [{ key: 'registers', title: 'Registers', fields }];
}

function arrowField(moddle: Moddle, arrow: ModdleElement): Field[] {
  const reads = arrow.$type === 'bpmn:DataInputAssociation';
  const end = reads ? listOf(arrow, 'sourceRef').find(isStore) : elementOf(arrow, 'targetRef');
  if (end === undefined || !isStore(end)) return [];
  const variable = storeVariable(end);
  const rows = listOf(arrow, 'assignment').map((one): Row => ({ to: textOf(elementOf(one, 'to'), 'body'), from: textOf(elementOf(one, 'from'), 'body') }));
  const register = registerOf(end);
  return [{
    kind: 'rows', key: `store-${idOf(arrow)}`, label: reads ? `Read from ${register}` : `Written into ${register}`, one: 'value', rows, codes: reads ? ['BPMN_MAPPING_TARGET'] : ['BPMN_DATA_STORE_TARGET'],
    hint: reads ? `What the step takes before it begins, for example =${variable}.owner. Without a row nothing is read.` : `What the register keeps when the step is done: ${variable} as a whole, or a part such as ${variable}.owner. Without a row nothing is written.`,
    columns: reads
      ? [{ key: 'to', label: 'Into the variable', kind: 'text' }, { key: 'from', label: 'Value (FEEL)', kind: 'text', feel: 'always' }]
      : [{ key: 'to', label: 'Into', kind: 'text' }, { key: 'from', label: 'Value (FEEL)', kind: 'text', feel: 'always' }],
    fresh: reads ? { to: '', from: `=${variable}` } : { to: variable, from: '' },
    write: (written) => assign(moddle, arrow, written),
  }];
}

function isStore({ $type }: ModdleElement): boolean {
  return $type.startsWith('bpmn:DataStore');
}

function assign(moddle: Moddle, arrow: ModdleElement, rows: readonly Row[]): Edit {
  const text = (value: string | boolean | undefined, parent: ModdleElement): ModdleElement => expression(moddle, String(value ?? ''), parent) ?? emptyExpression(moddle, parent);
  const assignments = rows.map(({ from, to }) => {
    const one = born(moddle, 'bpmn:Assignment', {}, arrow);
    one.set('from', text(asFeel(String(from ?? '')), one));
    one.set('to', text(to, one));
    return one;
  });
  return [{ on: arrow, set: { assignment: assignments } }];
}
