/** Tells who has a task open that somebody else has claimed, completed or ended it, or that its document has changed, before they work in vain. */
import type { TaskDetail } from '../../server/http/contract/tasks.ts';
import { follow, roomsOf } from '../live/follow.ts';

const place = document.querySelector<HTMLElement>('[data-task-watch]');
const shown = document.querySelector<HTMLInputElement>('input[name="shown"]')?.value;
let told = '';

function whatChanged(task: TaskDetail, holder: string, me: string): string {
  if (task.status === 'canceled') return 'This task is no longer needed.';
  if (task.done !== undefined) return task.done.person.id === me ? 'You have completed this task in another window.' : `${task.done.person.name} has completed this task${task.done.outcomeLabel === null ? '' : `: ${task.done.outcomeLabel}`}.`;
  const now = task.assignee?.id ?? '';
  if (now !== holder) return task.assignee === null ? 'This task was released: nobody holds it now.' : now === me ? 'You hold this task now.' : `${task.assignee.name} has taken this task.`;
  const held = task.signature?.sha256 ?? shown;
  return held !== shown ? 'The document to be signed was changed. Open this page again and read it as it is now.' : '';
}

function tell(at: HTMLElement, text: string): void {
  const said = document.createElement('p');
  const again = document.createElement('a');
  again.className = 'govuk-link';
  again.href = location.pathname;
  again.textContent = 'Open this page again';
  said.append(text, ' ', again);
  at.replaceChildren(...(text === '' ? [] : [said]));
}

async function refresh(at: HTMLElement): Promise<void> {
  const answer = await fetch(`/api/v1/tasks/${at.dataset['taskWatch'] ?? ''}`, { headers: { Accept: 'application/json' } });
  // After the end of the session nothing is told; the next thing the person does leads to the sign-in page.
  if (!answer.ok) return;
  const text = whatChanged(await answer.json() as TaskDetail, at.dataset['holder'] ?? '', at.dataset['me'] ?? '');
  if (text === told) return;
  told = text;
  tell(at, text);
}

if (place !== null) follow(roomsOf(place), () => refresh(place));
