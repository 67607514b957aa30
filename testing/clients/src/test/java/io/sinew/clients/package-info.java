/// Sinew under foreign hands: real clients in several versions and languages, bytes that no client
/// would send, and processes that are killed. Everything talks to a Sinew in a process of its own,
/// as in use. All of it is test code, so the module has no `module-info`.
@org.jspecify.annotations.NullMarked
package io.sinew.clients;
