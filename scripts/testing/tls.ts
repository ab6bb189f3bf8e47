import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from './command.ts'

/** Paths of PEM files: one authority, a server certificate for the loopback address, a client certificate. */
export interface TlsFiles {
  /** Folder in the form DOCKER_CERT_PATH expects: ca.pem, cert.pem, key.pem of the client. */
  readonly clientFolder: string
  readonly ca: string
  readonly serverCert: string
  readonly serverKey: string
}

/** Makes an authority and certificates valid for a day, by openssl. */
export async function createCertificates(folder: string): Promise<TlsFiles> {
  const clientFolder = join(folder, 'client')
  await mkdir(clientFolder, { recursive: true })
  const ca = join(clientFolder, 'ca.pem')
  const caKey = join(folder, 'ca-key.pem')
  await mustRun('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=windflow test authority', '-keyout', caKey, '-out', ca],
  ])
  const issue = async (name: string, usage: string, cert: string, key: string) => {
    const request = join(folder, `${name}.csr`)
    const extensions = join(folder, `${name}.ext`)
    await writeFile(extensions, `subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=${usage}\n`)
    await mustRun('openssl', [
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', `/CN=${name}`, '-keyout', key, '-out', request],
    ])
    await mustRun('openssl', [
      ...['x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '1'],
      ...['-extfile', extensions, '-out', cert],
    ])
  }
  const serverCert = join(folder, 'server.pem')
  const serverKey = join(folder, 'server-key.pem')
  await issue('localhost', 'serverAuth', serverCert, serverKey)
  await issue('client', 'clientAuth', join(clientFolder, 'cert.pem'), join(clientFolder, 'key.pem'))
  return { clientFolder, ca, serverCert, serverKey }
}
