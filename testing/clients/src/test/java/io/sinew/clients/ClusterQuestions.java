package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.DescribeClusterRequest;
import io.sinew.kafkawire.DescribeLogDirsRequest;
import java.util.List;

/// About the broker itself.
final class ClusterQuestions {
    private ClusterQuestions() {}

    static List<Question> all() {
        return List.of(
                versions("a client with a name", "sinew-test", "1.0").in(0, 3, 4),
                versions("a name that no client can have", "a name!", "1.0").in(3),
                versions("an empty version", "sinew-test", "").in(3),
                cluster("itself", 1),
                cluster("controllers", 2).in(1, 2),
                cluster("an unknown kind", 9).in(1, 2),
                Question.of(
                        ApiKey.DESCRIBE_LOG_DIRS,
                        "a topic and one that there is not",
                        (_, _) -> {
                            var request = new DescribeLogDirsRequest();
                            for (String name : List.of("orders", "none")) {
                                var topic = new DescribeLogDirsRequest.DescribableLogDirTopic();
                                topic.topic = name;
                                topic.partitions = List.of(0, 99);
                                request.topics.add(topic);
                            }
                            return request;
                        }));
    }

    private static Question versions(String what, String name, String version) {
        return Question.of(
                ApiKey.API_VERSIONS,
                what,
                (_, _) -> {
                    var request = new ApiVersionsRequest();
                    request.clientSoftwareName = name;
                    request.clientSoftwareVersion = version;
                    return request;
                });
    }

    private static Question cluster(String what, int endpointType) {
        return Question.of(
                ApiKey.DESCRIBE_CLUSTER,
                what,
                (_, version) -> {
                    var request = new DescribeClusterRequest();
                    request.includeClusterAuthorizedOperations = true;
                    request.endpointType = (byte) (version == 0 ? 1 : endpointType);
                    return request;
                });
    }
}
