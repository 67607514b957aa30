package io.sinew.pubsub;

/// A name under which a filter looks for an attribute or a header.
///
/// @param attribute the header that the Kafka binding of CloudEvents writes that attribute to
/// @param alias another header that means it; the same as `name` where there is none
record FilterName(String name, String attribute, String alias) {
    static FilterName of(String name) {
        return new FilterName(
                name,
                "ce_" + name,
                name.equals("datacontenttype") ? FilterSubject.CONTENT_TYPE : name);
    }
}
