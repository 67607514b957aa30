package io.sinew.pubsub;

import org.junit.jupiter.api.Test;

/// The examples in the documentation of SNS filter policies, of EventBridge event patterns and of
/// event-ruler, unchanged: once with the attributes as headers, once in the body.
class FilterAwsExamplesTest {
    private static void check(String... blocks) {
        for (String block : blocks) {
            FilterExample.parse(block).check();
        }
    }

    @Test
    void sns_string_values() {
        check(
                """
                {"customer_interests": ["rugby", "tennis"]}
                yes: header customer_interests=rugby
                yes: header customer_interests=tennis
                yes: body {"customer_interests": "rugby"}
                yes: body {"customer_interests": "tennis"}
                yes: body {"customer_interests": ["rugby", "tennis"]}
                no: header customer_interests=baseball
                no: body {"customer_interests": "baseball"}
                no: body {"customer_interests": ["baseball"]}
                """,
                """
                {"customer_interests": [{"anything-but": ["rugby", "tennis"]}]}
                yes: header customer_interests=baseball
                yes: header customer_interests=football
                yes: body {"customer_interests": "baseball"}
                yes: body {"customer_interests": "football"}
                yes: body {"customer_interests": ["rugby", "baseball"]}
                no: header customer_interests=rugby
                no: body {"customer_interests": ["rugby"]}
                """,
                """
                {"event": [{"anything-but": {"prefix": "order-"}}]}
                yes: header event=data-entry
                yes: header event=order_number
                yes: body {"event": "data-entry"}
                yes: body {"event": "order_number"}
                no: header event=order-cancelled
                no: body {"event": "order-cancelled"}
                """);
    }

    @Test
    void sns_parts_of_strings() {
        check(
                """
                {"customer_interests": [{"equals-ignore-case": "tennis"}]}
                yes: header customer_interests=TENNIS
                yes: body {"customer_interests": "Tennis"}
                no: header customer_interests=rugby
                """,
                """
                {"source_ip": [{"cidr": "10.0.0.0/24"}]}
                yes: header source_ip=10.0.0.0
                yes: header source_ip=10.0.0.255
                yes: body {"source_ip": "10.0.0.255"}
                no: header source_ip=10.1.1.0
                no: body {"source_ip": "10.1.1.0"}
                """,
                """
                {"customer_interests": [{"prefix": "bas"}]}
                yes: header customer_interests=baseball
                yes: header customer_interests=basketball
                yes: body {"customer_interests": "baseball"}
                no: header customer_interests=rugby
                no: body {"customer_interests": "rugby"}
                """,
                """
                {"customer_interests": [{"suffix": "ball"}]}
                yes: header customer_interests=baseball
                yes: body {"customer_interests": "basketball"}
                no: header customer_interests=rugby
                """);
    }

    @Test
    void sns_numeric_values() {
        check(
                """
                {"price_usd": [{"numeric": ["=", 301.5]}]}
                yes: header price_usd=301.5
                yes: header price_usd=3.015e2
                yes: body {"price_usd": 301.5}
                yes: body {"price_usd": 3.015e2}
                no: body {"price_usd": 301.51}
                """,
                """
                {"price": [{"anything-but": [100, 500]}]}
                yes: header price=101
                yes: header price=100.1
                yes: body {"price": 101}
                yes: body {"price": 100.1}
                yes: body {"price": [100, 50]}
                no: header price=100
                no: body {"price": 100}
                """,
                """
                {"price_usd": [{"numeric": ["<", 0]}]}
                yes: header price_usd=-1
                yes: body {"price_usd": -0.01}
                no: body {"price_usd": 0}
                """,
                """
                {"price_usd": [{"numeric": [">", 0, "<=", 150]}]}
                yes: header price_usd=150
                yes: body {"price_usd": 0.5}
                no: header price_usd=0
                no: body {"price_usd": 150.5}
                """);
    }

    @Test
    void sns_keys_and_logic() {
        check(
                """
                {"store": [{"exists": true}]}
                yes: header store=fans; header customer_interests=baseball
                yes: body {"store": "fans", "customer_interests": ["baseball", "basketball"]}
                no: header customer_interests=baseball
                no: body {"customer_interests": ["baseball", "basketball"]}
                """,
                """
                {"store": [{"exists": false}]}
                yes: header customer_interests=baseball
                yes: body {"customer_interests": ["baseball", "basketball"]}
                no: header store=fans; header customer_interests=baseball
                no: body {"store": "fans", "customer_interests": ["baseball", "basketball"]}
                """,
                """
                {"customer_interests": ["rugby"], "price_usd": [{"numeric": [">", 100]}]}
                yes: header customer_interests=rugby; header price_usd=100.5
                yes: body {"customer_interests": "rugby", "price_usd": 101}
                no: header customer_interests=rugby; header price_usd=100
                no: header customer_interests=rugby
                """,
                """
                {"source": ["aws.cloudwatch"],
                 "$or": [{"metricName": ["CPUUtilization"]}, {"namespace": ["AWS/EC2"]}]}
                yes: header source=aws.cloudwatch; header metricName=CPUUtilization
                yes: body {"source": "aws.cloudwatch", "namespace": "AWS/EC2"}
                no: body {"source": "aws.cloudwatch", "namespace": "AWS/ES"}
                no: header metricName=CPUUtilization
                """);
    }

    /// The event of event-ruler's own page.
    private static final String EC2 =
            "{\"version\":\"0\",\"id\":\"ddddd4-aaaa-7777-4444-345dd43cc333\","
                    + "\"detail-type\":\"EC2 Instance State-change Notification\","
                    + "\"source\":\"aws.ec2\",\"account\":\"012345679012\","
                    + "\"time\":\"2017-10-02T16:24:49Z\",\"region\":\"us-east-1\",\"resources\":"
                    + "[\"arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000\"],"
                    + "\"detail\":{\"c-count\":5,\"d-count\":3,\"x-limit\":301.8,\"source-ip\":"
                    + "\"10.0.0.33\",\"instance-id\":\"i-000000aaaaaa00000\",\"state\":\"running\"}}";

    private static void checkEc2(String answer, String... patterns) {
        for (String pattern : patterns) {
            FilterExample.parse(pattern + "\n" + answer + ": body " + EC2).check();
        }
    }

    @Test
    void event_bridge_patterns_that_match_their_event() {
        checkEc2(
                "yes",
                "{\"detail-type\":[\"EC2 Instance State-change Notification\"],\"resources\":"
                        + "[\"arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000\"],"
                        + "\"detail\":{\"state\":[\"initializing\",\"running\"]}}",
                "{\"time\":[{\"prefix\":\"2017-10-02\"}]}",
                "{\"source\":[{\"suffix\":\"ec2\"}]}",
                "{\"source\":[{\"equals-ignore-case\":\"AWS.EC2\"}]}",
                "{\"source\":[{\"wildcard\":\"aws*2\"}]}",
                "{\"detail\":{\"state\":[{\"anything-but\":\"initializing\"}]}}",
                "{\"detail\":{\"x-limit\":[{\"anything-but\":123}]}}",
                "{\"detail\":{\"state\":[{\"anything-but\":[\"stopped\",\"overloaded\"]}]}}",
                "{\"detail\":{\"x-limit\":[{\"anything-but\":[100,200,300]}]}}",
                "{\"detail\":{\"state\":[{\"anything-but\":{\"prefix\":\"init\"}}]}}",
                "{\"detail\":{\"state\":[{\"anything-but\":{\"suffix\":\"ed\"}}]}}",
                "{\"detail\":{\"state\":[{\"anything-but\":{\"equals-ignore-case\":\"STOPPED\"}}]}}",
                "{\"detail\":{\"state\":[{\"anything-but\":{\"wildcard\":\"*/lib/*\"}}]}}",
                "{\"detail\":{\"c-count\":[{\"numeric\":[\">\",0,\"<=\",5]}],\"d-count\":"
                        + "[{\"numeric\":[\"<\",10]}],\"x-limit\":[{\"numeric\":[\"=\",3.018e2]}]}}",
                "{\"detail\":{\"source-ip\":[{\"cidr\":\"10.0.0.0/24\"}]}}",
                "{\"detail\":{\"c-count\":[{\"exists\":true}]}}",
                "{\"detail\":{\"e-count\":[{\"exists\":false}]}}",
                "{\"time\":[{\"prefix\":\"2017-10-02\"}],\"detail\":{\"state\":[{\"anything-but\":"
                        + "\"initializing\"}],\"c-count\":[{\"numeric\":[\">\",0,\"<=\",5]}],"
                        + "\"d-count\":[{\"numeric\":[\"<\",10]}],\"x-limit\":[{\"anything-but\":"
                        + "[100,200,300]}],\"source-ip\":[{\"cidr\":\"10.0.0.0/8\"}]}}",
                "{\"$or\":[{\"source\":[\"aws.s3\"]},{\"detail\":{\"$or\":[{\"state\":[\"running\"]},"
                        + "{\"c-count\":[9]}]}}]}");
    }

    @Test
    void event_bridge_patterns_that_do_not() {
        checkEc2(
                "no",
                "{\"source\":[{\"equals-ignore-case\":\"EC2\"}]}",
                "{\"source\":[{\"wildcard\":\"Simple*Service\"}]}",
                "{\"detail\":{\"c-count\":[{\"exists\":false}]}}",
                "{\"detail\":[{\"exists\":true}]}",
                "{\"detail\":{\"state\":[{\"anything-but\":{\"prefix\":\"run\"}}]}}",
                "{\"region\":[{\"anything-but\":{\"prefix\":\"us-\"}}]}",
                "{\"detail\":{\"x-limit\":[{\"numeric\":[\">\",301.8]}]}}",
                "{\"version\":[0]}");
        check(
                """
                {"detail": {"c-count": [{"exists": false}]}}
                yes: body {"detail": {"state": ["initializing", "running"], "c-count": {"c1": 100}}}
                """,
                """
                {"service": [{"prefix": {"equals-ignore-case": "eventb"}}]}
                yes: body {"service": "EventBridge"}
                no: body {"service": "SNS"}
                """,
                """
                {"LastName": [""]}
                yes: body {"LastName": ""}
                no: body {"FirstName": ""}
                """,
                """
                {"UserID": [null]}
                yes: body {"UserID": null}
                no: body {"UserID": "null"}
                """,
                """
                {"FileName": [{"suffix": {"equals-ignore-case": ".png"}}]}
                yes: body {"FileName": "a.PNG"}
                no: body {"FileName": "a.jpg"}
                """);
    }
}
