/** What was typed into form LV-01, the application for leave: the shortest way to a case over HTTP. */
export const APPLICATION = {
  leaveType: 'vacation', firstDay: { $: 'date', v: '2027-03-01' }, lastDay: { $: 'date', v: '2027-03-05' }, overseas: false, passage: false,
  personnelNumber: 'PS-2001', contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'The files of the week are in the second drawer.',
} as const;
