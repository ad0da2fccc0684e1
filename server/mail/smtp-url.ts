/** The address of a mail server as a setting: `smtps://account:password@host` (RFC 8314, 3.3), or `smtp://` with STARTTLS (RFC 3207). */

/** `tls`: from the first byte, by STARTTLS or not at all; never "if the server likes". */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly login?: { readonly account: string; readonly password: string };
}

const PORTS = { implicit: 465, starttls: 587, none: 25 } as const;

/**
 * Undefined where the text is no such address. Without TLS only where the server is this machine or the address says `?tls=none`; a server on this
 * machine that asks for it is `?tls=starttls`.
 */
export function readSmtpUrl(text: string): SmtpServer | undefined {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !['', '/'].includes(url.pathname) || url.hash !== '') return undefined;
  const tls = tlsOf(url);
  const login = loginOf(url);
  if (tls === undefined || login === undefined) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? PORTS[tls] : Number(url.port), tls, ...(login !== 'nobody' && { login }) };
}

function tlsOf(url: URL): SmtpServer['tls'] | undefined {
  const asked = [...url.searchParams];
  if (asked.length > 1 || asked.some(([name]) => name !== 'tls')) return undefined;
  const how = asked[0]?.[1];
  if (url.protocol === 'smtps:') return how === undefined ? 'implicit' : undefined;
  if (how === undefined) return isThisMachine(url.hostname) ? 'none' : 'starttls';
  return how === 'none' || how === 'starttls' ? how : undefined;
}

/** Both or neither: an account without its password would be tried without any. */
function loginOf({ username, password }: URL): SmtpServer['login'] | 'nobody' | undefined {
  if (username === '' && password === '') return 'nobody';
  if (username === '' || password === '') return undefined;
  try {
    return { account: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
