// The certified OpenID provider "oidc-provider" as the sign-in service of an invented town hall.
// Reads {port, client, key} as JSON from the command line; says "ready" when it answers.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { port, client, key } = JSON.parse(process.argv[2]);
const people = {
  anna: { email: "anna@stadt.example", email_verified: true, name: "Anna Muster", groups: ["ki-redaktion"] },
  bert: { email: "bert@stadt.example", email_verified: false, name: "Bert Beispiel", groups: [] },
  carla: { email: "carla@stadt.example", email_verified: true, name: "Carla Chef", groups: ["ki-redaktion", "ki-leitung"] },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  jwks: { keys: [key] },
  cookies: { keys: ["of these tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
createServer(provider.callback()).listen(port, "127.0.0.1", () => console.log("ready"));
