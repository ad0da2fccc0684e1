/** Ids made from content: the same input gives the same id on every machine (SHA-256, FIPS 180-4, shortened). */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of a text in UTF-8, hex. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

const SEPARATOR = '\u0000';

/** 32 hex digits (128 bits) from several parts; parts cannot run into each other. */
export function idFrom(...parts: readonly string[]): string {
  return sha256Hex(parts.join(SEPARATOR)).slice(0, 32);
}

/** The stream of a case: the same definition and key always name the same case, so that a repeated start starts nothing. */
export function instanceStream(processId: string, key: string): string {
  return idFrom('instance', processId, key);
}

/** The stream of the case that element instance `element` of `stream` calls. */
export function childStream(stream: string, element: number): string {
  return idFrom('child', `${stream}/${String(element)}`);
}

/** The stream of the data store `name`. */
export function dataStoreStream(name: string): string {
  return `data-store/${idFrom('data-store', name)}`;
}

/** The stream that keeps what has happened of the triggers of a parallel multiple start event; `correlationKey`: empty where they have none in common. */
export function startRoundStream(processId: string, startElementId: string, correlationKey: string): string {
  return `start-round/${idFrom('start-round', processId, startElementId, correlationKey)}`;
}

/** The stream of one evaluation of start conditions. */
export function conditionStream(evaluationId: string): string {
  return `condition/${idFrom('condition', evaluationId)}`;
}

/** The stream that broadcasts the signal `name`. */
export function signalStream(name: string): string {
  return `signal/${idFrom('signal', name)}`;
}

/** The same within one conversation. */
export function nearSignalStream(name: string, conversation: string): string {
  return `signal/${idFrom('signal', name, conversation)}`;
}

/** The stream that correlates messages of `name` with `correlationKey`. */
export function messageStream(name: string, correlationKey: string): string {
  return `message/${idFrom('message', name, correlationKey)}`;
}
