/// The house rules, as tests over the whole source tree: the written ones (sizes, names, banned
/// calls, links) and the built ones (who may use whom). Every rule is itself tested on something
/// that breaks it. All of it is test code, so the module has no `module-info`.
@org.jspecify.annotations.NullMarked
package io.sinew.tidy;
