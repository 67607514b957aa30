// A session of kafkajs: admin, producers, a consumer group. It ends with exit code 1 when something
// is not as it should be. Usage: node session.js HOST:PORT
'use strict'

const assert = require('node:assert/strict')
const { Kafka, CompressionTypes, logLevel } = require('kafkajs')

const TOPIC = 'kafkajs-orders'
const GROUP = 'kafkajs-readers'
const PARTITIONS = 2
const RECORDS = 20

const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: [process.argv[2]],
  logLevel: logLevel.ERROR,
  retry: { retries: 2 },
})

async function createTopic() {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] })
  const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
  assert.equal(topics[0].partitions.length, PARTITIONS)
  await admin.disconnect()
}

// Record number i of a producer goes to partition i % PARTITIONS.
function records(name) {
  return Array.from({ length: RECORDS }, (_, i) => ({
    key: `${name}-${i}`,
    value: `value ${i} of ${name}`,
    partition: i % PARTITIONS,
    headers: { producer: name },
  }))
}

async function produce(name, options, compression) {
  const producer = kafka.producer(options)
  await producer.connect()
  const results = await producer.send({ topic: TOPIC, acks: -1, compression, messages: records(name) })
  assert.equal(results.length, PARTITIONS)
  for (const result of results) assert.equal(result.errorCode, 0)
  await producer.disconnect()
}

async function consume(count) {
  const consumer = kafka.consumer({
    groupId: GROUP,
    maxWaitTimeInMs: 100,
    heartbeatInterval: 50,
    sessionTimeout: 10000,
  })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const next = new Array(PARTITIONS).fill(0)
  const names = new Set()
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer
      .run({
        autoCommitThreshold: 10,
        eachMessage: async ({ partition, message, heartbeat }) => {
          const [name, number] = message.key.toString().split('-')
          assert.equal(Number(message.offset), next[partition]++)
          assert.equal(message.value.toString(), `value ${number} of ${name}`)
          assert.equal(message.headers.producer.toString(), name)
          names.add(name)
          await heartbeat()
          if (next.reduce((sum, offset) => sum + offset) === count) resolve()
        },
      })
      .catch(reject)
  })
  assert.deepEqual([...names].sort(), ['gzip', 'idempotent', 'plain'])
  await consumer.stop()
  await consumer.disconnect()
  return next
}

async function checkCommitted(expected) {
  const admin = kafka.admin()
  await admin.connect()
  const [{ partitions }] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] })
  for (const { partition, offset } of partitions) assert.equal(Number(offset), expected[partition])
  await admin.disconnect()
}

async function main() {
  await createTopic()
  await produce('plain', {}, CompressionTypes.None)
  await produce('gzip', {}, CompressionTypes.GZIP)
  await produce('idempotent', { idempotent: true, maxInFlightRequests: 1 }, CompressionTypes.None)
  const consumed = await consume(3 * RECORDS)
  await checkCommitted(consumed)
}

main().then(
  () => console.log('session=done'),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
