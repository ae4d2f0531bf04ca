/** The one door to the SDK of the Agent Client Protocol: its stable version 1. Loaded when an agent speaks it. */

export type {
  AnyMessage,
  ClientApp,
  ClientContext,
  RequestPermissionRequest,
  RequestPermissionResponse,
  Stream,
} from '@agentclientprotocol/sdk';
export { client, PROTOCOL_VERSION, RequestError } from '@agentclientprotocol/sdk';
