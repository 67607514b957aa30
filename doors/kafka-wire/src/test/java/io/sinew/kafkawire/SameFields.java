package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Holds one of our structs against the same in kafka-clients, field by field. Equal bytes alone
/// would not show two fields that are read in each other's place and written back there.
final class SameFields {
    private SameFields() {}

    static void check(Object ours, Object kafkas) throws ReflectiveOperationException {
        for (Field field : ours.getClass().getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                Object other = kafkas.getClass().getMethod(field.getName()).invoke(kafkas);
                checkValue(field.getName(), field.get(ours), other);
            }
        }
    }

    private static void checkValue(String name, @Nullable Object ours, @Nullable Object kafkas)
            throws ReflectiveOperationException {
        if (ours == null || kafkas == null) {
            assertThat(ours).as(name).isEqualTo(kafkas);
            return;
        }
        switch (ours) {
            case UUID id ->
                    assertThat(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                            .as(name)
                            .isEqualTo(kafkas);
            case BufferRecords(ByteBuffer bytes) ->
                    assertThat(bytes).as(name).isEqualTo(((MemoryRecords) kafkas).buffer());
            case List<?> list -> checkList(name, list, (Collection<?>) kafkas);
            case byte[] bytes -> assertThat(kafkas).as(name).isEqualTo(bytes);
            case String text -> assertThat(kafkas).as(name).isEqualTo(text);
            case Boolean flag -> assertThat(kafkas).as(name).isEqualTo(flag);
            case Number number -> assertThat(kafkas).as(name).isEqualTo(number);
            default -> check(ours, kafkas);
        }
    }

    private static void checkList(String name, List<?> ours, Collection<?> kafkas)
            throws ReflectiveOperationException {
        assertThat(kafkas).as(name).hasSize(ours.size());
        Iterator<?> others = kafkas.iterator();
        for (Object element : ours) {
            checkValue(name, element, others.next());
        }
    }
}
