package io.sinew.kafkawire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.Schema;

/// One message as both sides know it: ours, and the class of the same name in kafka-clients.
record Codec(String name, int minVersion, int maxVersion, Reader reader) {
    interface Reader {
        Message read(WireReader in, int version);
    }

    interface Visitor {
        void visit(Codec codec, int version) throws Exception;
    }

    /// Every message that is served, and the headers.
    static List<Codec> all() {
        List<Codec> all = new ArrayList<>();
        for (ApiKey key : ApiKey.values()) {
            String name = key.protocolName();
            int min = key.minVersion();
            int max = key.maxVersion();
            all.add(new Codec(name + "Request", min, max, key::readRequest));
            all.add(new Codec(name + "Response", min, max, key::readResponse));
        }
        all.add(new Codec("RequestHeader", 1, 2, RequestHeader::read));
        all.add(new Codec("ResponseHeader", 0, 1, ResponseHeader::read));
        return all;
    }

    /// Goes through every served version of every message.
    static void forEachVersion(Visitor visitor) throws Exception {
        for (Codec codec : all()) {
            for (int version = codec.minVersion(); version <= codec.maxVersion(); version++) {
                try {
                    visitor.visit(codec, version);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(codec.name() + " version " + version, e);
                }
            }
        }
    }

    Message read(byte[] bytes, int version) {
        return reader.read(new WireReader(ByteBuffer.wrap(bytes)), version);
    }

    Message newMessage() throws ReflectiveOperationException {
        Class<?> type = Class.forName("io.sinew.kafkawire." + name);
        return (Message) type.getConstructor().newInstance();
    }

    org.apache.kafka.common.protocol.Message newKafkaMessage() throws ReflectiveOperationException {
        return (org.apache.kafka.common.protocol.Message)
                kafkaType().getConstructor().newInstance();
    }

    org.apache.kafka.common.protocol.Message readByKafka(byte[] bytes, int version)
            throws ReflectiveOperationException {
        org.apache.kafka.common.protocol.Message message = newKafkaMessage();
        message.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), (short) version);
        return message;
    }

    Schema kafkaSchema(int version) throws ReflectiveOperationException {
        return ((Schema[]) kafkaType().getField("SCHEMAS").get(null))[version];
    }

    private Class<?> kafkaType() throws ClassNotFoundException {
        return Class.forName("org.apache.kafka.common.message." + name + "Data");
    }

    static byte[] write(Message message, int version) {
        WireWriter out = new WireWriter(16, 1 << 24);
        message.write(out, version);
        return bytesOf(out);
    }

    static byte[] writeByKafka(org.apache.kafka.common.protocol.Message message, int version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, (short) version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /// Everything in the writer, the records' bytes in their place.
    static byte[] bytesOf(WireWriter out) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            out.forEachPart(
                    new WireWriter.PartConsumer() {
                        @Override
                        public void bytes(byte[] array, int offset, int length) {
                            bytes.write(array, offset, length);
                        }

                        @Override
                        public void records(Records records) throws IOException {
                            ByteBuffer buffer = ((BufferRecords) records).bytes().duplicate();
                            byte[] copy = new byte[buffer.remaining()];
                            buffer.get(copy);
                            bytes.write(copy);
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
